"""A ServiceAccount of the cluster that Trueup runs on, and tokens in its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from trueup.cluster.client import Client
from trueup.cluster.credential import Credential
from trueup.errors import ApiError, InputError, TooManyRequests, Unauthorized, Unavailable
from trueup.flow import digest_of
from trueup.objects import Manifest, ObjectRef

_MANAGER = "trueup"
_PREFIX = "system:serviceaccount:"


@dataclass(frozen=True, slots=True)
class Account:
    """``home`` issues its tokens."""

    home: Client
    ref: ObjectRef
    annotations: Mapping[str, str] = field(default_factory=dict)
    uid: str = ""

    @classmethod
    def of(cls, home: Client, manifest: Manifest) -> Account:
        metadata = manifest["metadata"]
        annotations = metadata.get("annotations") or {}
        return cls(home, ObjectRef.of(manifest), annotations, metadata.get("uid") or "")

    @property
    def key(self) -> str:
        """Another one where something differs that providers go by."""
        return digest_of([str(self.ref), self.uid, dict(self.annotations)])

    @classmethod
    async def own(cls, home: Client) -> Account:
        """The one that Trueup itself runs as; InputError if it runs as something else."""
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        try:
            answer = await home.create(review, field_manager=_MANAGER)
        except ApiError as error:
            raise _refusal("Trueup cannot learn its own account", error) from error
        user = str(answer["status"]["userInfo"].get("username"))
        if not user.startswith(_PREFIX):
            raise InputError(
                "names no serviceAccountName, and Trueup itself is no ServiceAccount here",
                next_step="name one of the same namespace",
            )
        namespace, _, name = user.removeprefix(_PREFIX).partition(":")
        return cls(home, ObjectRef("", "ServiceAccount", namespace, name, "v1"))

    async def token(self, audiences: Sequence[str]) -> Credential:
        """A token for ``audiences``; none: for the API server that issues it.

        Raises Unavailable or Unauthorized, never NotFound: to who asked another cluster for
        something, that would mean that it is not there.
        """
        status = (await self._request(audiences))["status"]
        return Credential(status["token"], datetime.fromisoformat(status["expirationTimestamp"]))

    async def home_audiences(self) -> set[str]:
        """Tokens for these open the API server that issues them. Raises as ``token``."""
        return set((await self._request(()))["spec"]["audiences"])

    async def _request(self, audiences: Sequence[str]) -> Manifest:
        request = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"audiences": list(audiences)},
        }
        try:
            answer = await self.home.create(
                request, field_manager=_MANAGER, of=self.ref, subresource="token"
            )
        except ApiError as error:
            raise _refusal(f"no token for {self.ref}", error) from error
        return answer


def _refusal(what: str, error: ApiError) -> ApiError:
    passing = isinstance(error, (Unavailable, TooManyRequests))
    return (Unavailable if passing else Unauthorized)(f"{what}: {error}")
