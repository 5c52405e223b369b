"""What a Git source is made of besides its repository: Secrets, and sources that it includes."""

from __future__ import annotations

from collections.abc import Callable

from trueup.cluster import Client
from trueup.controllers.artifacts import Artifacts
from trueup.controllers.inputs import Inputs
from trueup.controllers.secrets import decoded_data
from trueup.controllers.sources.remotes import Secrets
from trueup.dialects.flux.gitrepository import GitSource
from trueup.dialects.flux.gitstatus import Obstacle
from trueup.dialects.flux.names import SOURCE_GROUP, Condition, Reason
from trueup.flow import Artifact
from trueup.objects import ObjectRef


class SourceInputs:
    """Reads them, and calls ``on_change`` with the sources whose Secrets changed.

    ``exists`` tells whether there is a source of that name, with or without an artifact.
    """

    def __init__(
        self,
        client: Client,
        artifacts: Artifacts,
        exists: Callable[[ObjectRef], bool],
        on_change: Callable[[ObjectRef], None],
    ) -> None:
        self._inputs = Inputs(client, on_change)
        self._artifacts = artifacts
        self._exists = exists

    async def secrets(self, source: GitSource) -> Secrets:
        """The decoded Secrets that the source names. Raises Obstacle for one that is missing."""
        namespace = source.ref.namespace
        refs = [ObjectRef("", "Secret", namespace, name, "v1") for name in source.secrets]
        found = await self._inputs.read(source.ref, [(ref, True) for ref in refs])
        secrets = {}
        for obj in found:
            name = obj["metadata"]["name"]
            secrets[name] = decoded_data(obj, f"Secret {namespace}/{name}")
        for name in source.secrets:
            if name not in secrets:
                raise _no_secret(source, name)
        return secrets

    def included(self, source: GitSource) -> tuple[Artifact, ...]:
        """The artifacts of the sources to include, in the order of the spec. Raises Obstacle."""
        found = []
        for ref in included_by(source):
            artifact = self._artifacts.get(ref)
            if artifact is None:
                raise _not_included(ref.name, exists=self._exists(ref))
            found.append(artifact)
        return tuple(found)

    def forget(self, source: ObjectRef) -> None:
        self._inputs.forget(source)

    async def close(self) -> None:
        await self._inputs.close()


def included_by(source: GitSource) -> list[ObjectRef]:
    """The sources that ``source`` lays into its own tree."""
    of = source.ref
    return [
        ObjectRef(of.group, of.kind, of.namespace, item.repository, of.version)
        for item in source.include
    ]


def _no_secret(source: GitSource, name: str) -> Obstacle:
    if source.verify is not None and name == source.verify.secret:
        return Obstacle(
            f'public keys secret error: secrets "{name}" not found',
            Reason.VERIFICATION_ERROR,
            condition=Condition.SOURCE_VERIFIED,
        )
    return Obstacle(
        f"failed to get secret '{source.ref.namespace}/{name}': secrets \"{name}\" not found",
        Reason.AUTHENTICATION_FAILED,
    )


def _not_included(name: str, *, exists: bool) -> Obstacle:
    unavailable = Condition.INCLUDE_UNAVAILABLE
    if exists:
        cause = f"no artifact available for include '{name}'"
        return Obstacle(cause, Reason.NO_ARTIFACT, condition=unavailable)
    missing = f'GitRepository.{SOURCE_GROUP} "{name}" not found'
    cause = f"could not get resource for include '{name}': {missing}"
    return Obstacle(cause, Reason.NOT_FOUND, condition=unavailable)
