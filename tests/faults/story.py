"""One delivery that goes through a fault, told by a person who speaks to the API server directly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from trueup.cluster import Client, ClusterConfig
from trueup.cluster.http import HttpTransport
from trueup.errors import ApiError, Unauthorized
from trueup.objects import GroupVersionKind, Manifest, ObjectRef, yaml
from trueup.testing.git import GitRepo
from trueup.testing.patience import PATIENCE

T = TypeVar("T")

_HERE = Path(__file__).parent
CONFIG_MAP = GroupVersionKind("", "v1", "ConfigMap")
NAMESPACE = GroupVersionKind("", "v1", "Namespace")
KINDS = {
    "Kustomization": GroupVersionKind("kustomize.toolkit.fluxcd.io", "v1", "Kustomization"),
    "GitRepository": GroupVersionKind("source.toolkit.fluxcd.io", "v1", "GitRepository"),
}


async def eventually(
    look: Callable[[], Awaitable[T | None]], what: str, *, patience: float = PATIENCE
) -> T:
    """What ``look`` finds, as soon as it finds something; errors of the API only delay it."""
    until, problem = monotonic() + patience, ""
    while monotonic() < until:
        try:
            if (found := await look()) is not None:
                return found
        except ApiError as error:
            problem = f" ({error})"
        await asyncio.sleep(0.1)
    raise AssertionError(f"in {patience:g} s it did not come true that {what}{problem}")


class Story:
    """A namespace with a delivery of ConfigMaps from a repository, beside a foreign one."""

    def __init__(self, person: Client, config: ClusterConfig, namespace: str, folder: Path) -> None:
        self.person = person
        self._config = config
        """Of the API server itself, with nobody's credentials."""
        self.namespace = namespace
        self.repo = GitRepo(folder / "repo.git")
        self.token_file = folder / "token"
        self._brought: list[Manifest] = []
        """What the repository holds besides ConfigMaps."""

    async def begin(self) -> None:
        """The namespace, and an identity for the controllers, whose token is in ``token_file``."""
        manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}}
        await self.person.create(manifest, field_manager="person")
        for obj in self._manifests("world.yaml"):
            await self.person.create(obj, field_manager="person")
        await self.use_token("first-token")

    async def use_token(self, bound_to: str) -> None:
        """Put a token into the file that is good for as long as the Secret ``bound_to`` is there."""
        secret = await self.person.get(self.ref("Secret", bound_to))
        request = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {
                "audiences": ["https://kubernetes.default.svc.cluster.local"],
                "expirationSeconds": 3600,
                "boundObjectRef": {
                    "apiVersion": "v1",
                    "kind": "Secret",
                    "name": bound_to,
                    "uid": secret["metadata"]["uid"],
                },
            },
        }
        account = self.ref("ServiceAccount", "trueup")
        answer = await self.person.create(
            request, field_manager="person", subresource="token", of=account
        )
        fresh = self.token_file.with_suffix(".new")
        fresh.write_text(answer["status"]["token"])
        fresh.replace(self.token_file)

    async def wait_refused(self) -> None:
        """Returns once the API server does not take the token in ``token_file`` any more."""
        config = replace(self._config, token=self.token_file.read_text())
        client = Client(HttpTransport(config))

        async def look() -> bool | None:
            try:
                await client.get_raw("/api")
            except Unauthorized:
                return True
            return None

        await eventually(look, "the token is refused")
        await client.close()

    async def deliver(self, brings: str) -> None:
        """The first commit, with the file ``brings`` in it, and what makes it live."""
        more = {f"app/{brings}": self._text(brings)} if brings else {}
        self.repo.commit({**self._files(keep="1", change="1", drop="1"), **more})
        self._brought = yaml.load_all("---\n".join(more.values()))
        for obj in self.deliveries():
            await self.person.create(obj, field_manager="person")

    def deliveries(self) -> list[Manifest]:
        """The delivery and its source, as somebody wrote them."""
        return self._manifests("delivery.yaml")

    def commit(self) -> None:
        """The second commit: one object changed, one new, one gone, one as it was."""
        self.repo.commit({**self._files(keep="1", change="2", new="1"), "app/drop.yaml": None})

    async def drift(self) -> None:
        """Somebody changes by hand what the delivery brought, if the API server lets them now."""
        ref = self.ref("ConfigMap", "keep")
        with suppress(ApiError, TimeoutError):
            async with asyncio.timeout(2):
                await self.person.patch(ref, {"data": {"k": "mine"}}, field_manager="someone")

    # Looking

    async def live(self, **expected: str | None) -> None:
        """Returns once the delivery is live at the tip, and the ConfigMaps are as ``expected``."""

        async def look() -> bool | None:
            delivery = await self.person.get(self.ref("Kustomization", "app"))
            found = await self.values()
            is_so = all(found.get(name) == value for name, value in expected.items())
            return (is_so and self._is_ready(delivery)) or None

        try:
            await eventually(look, f"the delivery is live with {expected}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{await self.state()}") from error

    async def state(self) -> str:
        """For people: what the conditions say, and the ConfigMaps."""
        said = [f"{kind}: {await self.condition(kind)}" for kind in KINDS]
        return "\n".join([*said, f"values: {await self.values()}"])

    async def values(self) -> dict[str, str]:
        items = (await self.person.list(CONFIG_MAP, self.namespace)).items
        return {item["metadata"]["name"]: (item.get("data") or {}).get("k") for item in items}

    async def identities(self) -> dict[str, str]:
        """The uids of the ConfigMaps: they change where one is deleted and made again."""
        items = (await self.person.list(CONFIG_MAP, self.namespace)).items
        return {item["metadata"]["name"]: item["metadata"]["uid"] for item in items}

    async def foreign(self) -> Manifest:
        return await self.person.get(self.ref("ConfigMap", "foreign"))

    async def has_all(self) -> bool:
        """Whether all that the repository holds besides ConfigMaps is there."""
        self.person.forget_discovery()
        found = [await self.person.find(ObjectRef.of(obj)) for obj in self._brought]
        return None not in found

    async def condition(self, kind: str, condition: str = "Ready") -> dict[str, Any]:
        """A condition of the delivery, or of its source; empty if there is none."""
        found = await self.person.find(self.ref(kind, "app" if kind == "Kustomization" else "repo"))
        conditions = ((found or {}).get("status") or {}).get("conditions") or ()
        return next((c for c in conditions if c["type"] == condition), {})

    def ref(self, kind: str, name: str) -> ObjectRef:
        gvk = KINDS.get(kind, GroupVersionKind("", "v1", kind))
        return ObjectRef(gvk.group, gvk.kind, self.namespace, name, gvk.version)

    def _is_ready(self, delivery: Manifest) -> bool:
        status = delivery.get("status") or {}
        tip = str(self.repo.repository.references["refs/heads/main"].target)
        ready = [c["status"] for c in status.get("conditions") or () if c["type"] == "Ready"]
        return ready == ["True"] and str(status.get("lastAppliedRevision")).endswith(tip)

    def _files(self, **values: str) -> dict[str, str | None]:
        return {f"app/{name}.yaml": self._config_map(name, k) for name, k in values.items()}

    def _config_map(self, name: str, value: str) -> str:
        metadata = {"name": name, "namespace": self.namespace}
        return yaml.dump(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"k": value}}
        )

    def _manifests(self, file: str) -> list[Manifest]:
        return list(yaml.load_all(self._text(file)))

    def _text(self, file: str) -> str:
        text = (_HERE / file).read_text()
        return text.replace("NAMESPACE", self.namespace).replace("URL", self.repo.url)

    # Leaving

    async def leave(self) -> None:
        """Take all away that later stories could stumble over; nobody works on it any more."""
        for kind in KINDS:
            ref = self.ref(kind, "app" if kind == "Kustomization" else "repo")
            if await self.person.find(ref) is not None:
                free = {"metadata": {"finalizers": []}}
                await self.person.patch(ref, free, field_manager="person")
                await self.person.delete(ref)
        namespace = ObjectRef("", "Namespace", "", self.namespace, "v1")
        await self.person.delete(namespace)
