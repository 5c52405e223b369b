"""The embedded server on the wire: TLS on loopback, who is let in, and hostile requests."""

from __future__ import annotations

import asyncio
import gzip
import io
import ssl
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import orjson
import pytest
import pytest_asyncio

from trueup.controlplane.control_plane import ControlPlane
from trueup.objects import yaml


class Wire(NamedTuple):
    url: str
    token: str
    folder: Path
    session: aiohttp.ClientSession

    async def send(self, method: str, path: str, **more: Any) -> tuple[int, Any, Any]:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        async with self.session.request(
            method, self.url + path, headers=headers, **more
        ) as response:
            body = await response.read()
            return response.status, _decoded(body), response.headers


def _decoded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def wire(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Wire]:
    folder = tmp_path_factory.mktemp("wire")
    plane = ControlPlane(folder)
    await plane.start()
    url = await plane.serve()
    token = yaml.load(plane.kubeconfig.read_bytes())["users"][0]["user"]["token"]
    trusted = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    connector = aiohttp.TCPConnector(ssl=trusted)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
        yield Wire(url, token, folder, session)
    await plane.stop()


SECRETS = "/api/v1/namespaces/default/secrets"
PODS = "/api/v1/namespaces/default/pods"
JSON = {"Content-Type": "application/json"}
GATED = {"schedulingGates": [{"name": "a.b/c"}], "containers": [{"name": "c", "image": "i"}]}


async def test_it_listens_on_loopback_with_tls(wire: Wire) -> None:
    assert wire.url.startswith("https://127.0.0.1:")
    assert (await wire.send("GET", "/version"))[0] == 200


async def test_plain_http_is_not_answered(wire: Wire) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientError):
            await session.get(wire.url.replace("https", "http") + "/version")


async def test_private_files_are_the_owners_alone(wire: Wire) -> None:
    names = ("kubeconfig", "ca.key", "server.key", "admin.key", "admin.token", "tokens.key")
    modes = {name: stat.S_IMODE((wire.folder / name).stat().st_mode) for name in names}
    assert modes == dict.fromkeys(names, 0o600)


async def test_nobody_is_let_in_without_credentials(wire: Wire) -> None:
    for path in ("/api", "/version", "/healthz", SECRETS):
        code, status, _ = await wire.send("GET", path, headers={"Authorization": ""})
        assert (code, status["reason"]) == (403, "Forbidden")


async def test_a_wrong_token_is_unauthorized(wire: Wire) -> None:
    for value in ("Bearer wrong", "Bearer ", "Basic YTpi", "Bearer a.b.c", "Bearer ..", "x"):
        code, status, _ = await wire.send("GET", "/api", headers={"Authorization": value})
        assert (code, status["reason"], status["message"]) == (401, "Unauthorized", "Unauthorized")


async def test_a_client_certificate_of_our_authority_is_let_in(wire: Wire) -> None:
    context = ssl.create_default_context(cafile=str(wire.folder / "ca.crt"))
    context.load_cert_chain(wire.folder / "admin.crt", wire.folder / "admin.key")
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session,
        session.get(f"{wire.url}{SECRETS}") as response,
    ):
        assert response.status == 200


async def test_a_body_beyond_three_megabytes_is_refused(wire: Wire) -> None:
    body = b'{"metadata":{"name":"big"},"data":{"k":"' + b"A" * 3 * 1024 * 1024 + b'"}}'
    code, status, _ = await wire.send("POST", SECRETS, data=io.BytesIO(body), headers=JSON)
    assert (code, status["reason"]) == (413, "RequestEntityTooLarge")


async def test_a_large_answer_is_compressed_where_that_is_accepted(wire: Wire) -> None:
    data = {"k": "A" * 200_000}
    big = {"metadata": {"name": "large"}, "stringData": data}
    assert (await wire.send("POST", SECRETS, json=big))[0] == 201
    path = f"{SECRETS}/large"
    _, body, headers = await wire.send("GET", path, headers={"Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip"
    assert orjson.loads(gzip.decompress(body))["metadata"]["name"] == "large"
    _, plain, headers = await wire.send("GET", path, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in headers
    assert plain["metadata"]["name"] == "large"


HOSTILE: list[tuple[str, str, str, bytes]] = [
    ("POST", SECRETS, "application/json", b"\xff\xfe\x00"),
    ("POST", SECRETS, "application/json", b"[" * 100_000),
    ("POST", SECRETS, "application/json", b'{"a":' * 5_000 + b"1" + b"}" * 5_000),
    ("POST", SECRETS, "application/json", b'{"metadata": 1}'),
    ("POST", SECRETS, "application/json", b'{"metadata": {"name": 1}}'),
    ("POST", SECRETS, "application/json", b'{"metadata": {"name": ["a"]}}'),
    ("POST", SECRETS, "application/json", b'{"metadata": {"labels": [1]}}'),
    ("POST", SECRETS, "application/json", b'{"metadata": {"generateName": 1}}'),
    ("POST", SECRETS, "application/json", b'{"metadata": {"ownerReferences": [1]}}'),
    ("POST", SECRETS, "application/json", b'{"metadata": {"ownerReferences": [{}], "name": "o"}}'),
    ("POST", SECRETS, "application/json", b'{"apiVersion": [], "kind": {}}'),
    ("POST", SECRETS, "application/json", b"null"),
    ("POST", SECRETS, "application/yaml", b"a: &a [*a]"),
    ("POST", SECRETS, "application/yaml", b"{" * 10_000),
    ("POST", SECRETS, "application/yaml", b"a: b: c"),
    ("POST", SECRETS, "application/vnd.kubernetes.protobuf", b"k8s\x00\xff\xff\xff"),
    ("POST", SECRETS, "application/vnd.kubernetes.protobuf", b"nonsense"),
    (
        "POST",
        SECRETS,
        "application/vnd.kubernetes.protobuf",
        b"k8s\x00\x0a\x08\x0a\x02v1\x12\x02\xff\xfe",
    ),
    ("PUT", f"{SECRETS}/a", "application/json", b"[]"),
    ("PATCH", f"{SECRETS}/x", "application/json-patch+json", b'[{"op": 1, "path": []}]'),
    ("PATCH", f"{SECRETS}/x", "application/json-patch+json", b'[{"op": "add"}]'),
    (
        "PATCH",
        f"{SECRETS}/x",
        "application/json-patch+json",
        b'[{"op":"add","path":"/metadata","value":1}]',
    ),
    (
        "PATCH",
        f"{SECRETS}/x",
        "application/json-patch+json",
        b'[{"op":"replace","path":"","value":1}]',
    ),
    (
        "PATCH",
        f"{SECRETS}/x",
        "application/json-patch+json",
        b'[{"op":"remove","path":"/metadata"}]',
    ),
    ("PATCH", f"{SECRETS}/x", "application/merge-patch+json", b'{"metadata": 1}'),
    ("PATCH", f"{SECRETS}/x", "application/merge-patch+json", b'{"kind": "Other"}'),
    (
        "PATCH",
        f"{SECRETS}/x",
        "application/strategic-merge-patch+json",
        b'{"metadata":{"$patch":"x"}}',
    ),
    ("PATCH", f"{SECRETS}/x", "application/strategic-merge-patch+json", b'{"$retainKeys": 1}'),
    (
        "PATCH",
        f"{SECRETS}/x",
        "application/strategic-merge-patch+json",
        b'{"metadata":{"$setElementOrder/finalizers":1}}',
    ),
    (
        "PATCH",
        f"{SECRETS}/x",
        "application/strategic-merge-patch+json",
        b'{"metadata":{"ownerReferences":[1]}}',
    ),
    ("PATCH", f"{SECRETS}/x?fieldManager=m", "application/apply-patch+yaml", b"[]"),
    ("PATCH", f"{SECRETS}/x?fieldManager=m", "application/apply-patch+yaml", b"metadata: []"),
    ("PATCH", f"{SECRETS}/x?fieldManager=m", "application/apply-patch+yaml", b"{{{"),
    ("DELETE", f"{SECRETS}/x", "application/json", b'{"preconditions": 1}'),
    ("DELETE", f"{SECRETS}/x", "application/json", b'{"gracePeriodSeconds": "a"}'),
    ("DELETE", f"{SECRETS}/x", "application/json", b'{"propagationPolicy": []}'),
    ("DELETE", f"{SECRETS}/x", "application/json", b"[]"),
    ("GET", f"{SECRETS}?limit=-1", "", b""),
    ("GET", f"{SECRETS}?limit=x", "", b""),
    ("GET", f"{SECRETS}?continue=%00", "", b""),
    ("GET", f"{SECRETS}?continue=e30", "", b""),
    ("GET", f"{SECRETS}?resourceVersion=-5", "", b""),
    ("GET", f"{SECRETS}?labelSelector=%28%29", "", b""),
    ("GET", f"{SECRETS}?labelSelector=a%3E1%2C%2C", "", b""),
    ("GET", f"{SECRETS}?labelSelector=a%20in", "", b""),
    ("GET", f"{SECRETS}?fieldSelector=%3D%3D%3D", "", b""),
    ("GET", f"{SECRETS}?watch=true&timeoutSeconds=zz", "", b""),
    ("GET", "/api/v1/namespaces/%2e%2e/secrets", "", b""),
    ("GET", "/apis/%00/v1/x", "", b""),
    ("GET", "/openapi/v3/%2e%2e/%2e%2e", "", b""),
    ("GET", "//", "", b""),
    (
        "POST",
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        "application/json",
        b'{"spec": 1}',
    ),
    (
        "POST",
        "/apis/authorization.k8s.io/v1/subjectaccessreviews",
        "application/json",
        b'{"spec": {"user": []}}',
    ),
    (
        "POST",
        "/apis/authentication.k8s.io/v1/tokenreviews",
        "application/json",
        b'{"spec": {"token": 1}}',
    ),
    ("POST", f"{SECRETS}/x/nothing", "application/json", b"{}"),
    (
        "POST",
        f"{PODS}/x/eviction",
        "application/json",
        b'{"metadata":{"name":"x"},"deleteOptions":1}',
    ),
    (
        "POST",
        f"{PODS}/x/eviction",
        "application/json",
        b'{"metadata":{"name":"x"},"deleteOptions":{"dryRun":1}}',
    ),
    ("POST", f"{PODS}/x/binding", "application/json", b'{"metadata":{"name":"x"},"target":"n"}'),
    (
        "POST",
        f"{PODS}/x/binding",
        "application/json",
        b'{"metadata":{"name":"x","annotations":1},"target":{"name":"n"}}',
    ),
    ("GET", f"{PODS}/x/log?sinceTime=9999-12-31T23:59:59-23:59", "", b""),
    ("GET", f"{PODS}/x/log?sinceSeconds=9223372036854775807", "", b""),
    ("GET", f"{PODS}/x/log?tailLines=9223372036854775807&limitBytes=9223372036854775807", "", b""),
    ("GET", f"{PODS}/:x:/proxy", "", b""),
    ("GET", "/api/v1/namespaces/default/services/x:99999999999999999999/proxy", "", b""),
    (
        "PATCH",
        "/api/v1/namespaces/default/services/kubernetes/status",
        "application/merge-patch+json",
        b'{"status": 1}',
    ),
    (
        "POST",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        "application/json",
        b'{"metadata":{"name":"a.b"},"spec":1}',
    ),
    (
        "POST",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        "application/json",
        b'{"metadata":{"name":"a.b"},"spec":{"group":1,"names":{"kind":[]},"versions":[1]}}',
    ),
    (
        "POST",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        "application/json",
        b'{"metadata":{"name":"a.b"},"spec":{"names":{"plural":"a","kind":"A"},"versions":[{}]}}',
    ),
    (
        "POST",
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        "application/json",
        b'{"metadata":{"name":"x"},"subjects":[{}],"roleRef":{}}',
    ),
    (
        "POST",
        "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        "application/json",
        b'{"metadata":{"name":"x"},"aggregationRule":{"clusterRoleSelectors":[{"matchExpressions":[{}]}]}}',
    ),
]


@pytest.mark.parametrize(
    ("method", "path", "media_type", "body"),
    HOSTILE,
    ids=[f"{m} {p} {b[:40]!r}" for m, p, _, b in HOSTILE],
)
async def test_a_malformed_request_is_refused_and_never_a_fault_of_the_server(
    wire: Wire, method: str, path: str, media_type: str, body: bytes
) -> None:
    await wire.send("POST", SECRETS, json={"metadata": {"name": "x"}})
    await wire.send("POST", PODS, json={"metadata": {"name": "x"}, "spec": GATED})
    code, answer, _ = await wire.send(
        method, path, data=body, headers={"Content-Type": media_type} if media_type else {}
    )
    # Of some patches kube-apiserver says 500, too, but gives no reason; a defect has one.
    assert code < 500 or "reason" not in answer, answer
    assert (await wire.send("POST", SECRETS, json={"metadata": {"generateName": "ok-"}}))[0] == 201


async def test_a_user_without_rights_still_gets_an_answer_after_hostile_bindings(
    wire: Wire,
) -> None:
    code, status, _ = await wire.send("GET", SECRETS, headers={"Impersonate-User": "alice"})
    assert (code, status["reason"]) == (403, "Forbidden")


async def test_a_client_that_leaves_ends_its_watch(wire: Wire) -> None:
    await wire.send("POST", SECRETS, json={"metadata": {"generateName": "seen-"}})
    headers = {"Authorization": f"Bearer {wire.token}"}
    response = await wire.session.get(f"{wire.url}{SECRETS}?watch=true", headers=headers)
    await asyncio.wait_for(response.content.readline(), 60)
    response.close()
    assert (await wire.send("GET", SECRETS))[0] == 200


@pytest.mark.parametrize(
    ("plural", "warning"),
    [
        (
            "endpoints",
            "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
        ),
        ("componentstatuses", "v1 ComponentStatus is deprecated in v1.19+"),
    ],
)
async def test_a_deprecated_kind_comes_with_a_warning(
    wire: Wire, plural: str, warning: str
) -> None:
    code, _, headers = await wire.send("GET", f"/api/v1/{plural}")
    assert (code, headers["Warning"]) == (200, f'299 - "{warning}"')
