"""Custom resources on the embedded control plane: completed, refused, read by a newer schema.

What each schema says is in ``validation/test_custom``; the words of kube-apiserver 1.37 here were
taken from a real one.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from trueup.controlplane.auth.user import MASTERS, User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.http.message import Request
from trueup.objects.manifest import copy
from trueup.testing.objects import changed

ADMIN = User("admin", groups=(MASTERS,))
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
WIDGETS = "/apis/example.com/v1/namespaces/default/widgets"
SPEC = {
    "type": "object",
    "properties": {"a": {"type": "string", "maxLength": 3}, "b": {"type": "integer", "default": 1}},
}
STATUS = {"type": "object", "properties": {"x": {"type": "integer"}}}
DEFINITION: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "kind": "Widget"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {"spec": SPEC, "status": STATUS},
                    }
                },
            }
        ],
    },
}
IN_SPEC = "spec.versions.0.schema.openAPIV3Schema.properties.spec.properties"


class Answer(NamedTuple):
    code: int
    body: dict[str, Any]
    warnings: tuple[str, ...]


class Client:
    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    async def send(
        self, method: str, path: str, body: Any = None, kind: str = "application/json"
    ) -> Answer:
        path, _, query = path.partition("?")
        pairs = [(pair.partition("=")[0], pair.partition("=")[2]) for pair in query.split("&")]
        text = body if isinstance(body, str) else json.dumps(body)
        headers = {"content-type": kind}
        request = Request(method, path, pairs, headers, text.encode(), ADMIN)
        response = await self._plane.handle(request)
        return Answer(response.status, json.loads(response.body), response.warnings)  # type: ignore[arg-type]

    async def merge(self, path: str, body: Any) -> Answer:
        return await self.send("PATCH", path, body, "application/merge-patch+json")


def widget(name: str = "w", **spec: Any) -> dict[str, Any]:
    metadata = {"name": name}
    return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": metadata, "spec": spec}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    plane = ControlPlane(tmp_path)
    await plane.start()
    found = Client(plane)
    await found.send("POST", DEFINITIONS, DEFINITION)
    yield found
    await plane.stop()


async def test_defaults_are_filled_in_and_unknown_fields_are_warned_of(client: Client) -> None:
    answer = await client.send("POST", WIDGETS, widget(a="x", foo=1))
    assert answer.body["spec"] == {"a": "x", "b": 1}
    assert answer.warnings == ('unknown field "spec.foo"',)


async def test_strict_validation_refuses_unknown_and_repeated_fields(client: Client) -> None:
    text = (
        '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},'
        '"spec":{"a":"x","a":"z","foo":1}}'
    )
    answer = await client.send("POST", f"{WIDGETS}?fieldValidation=Strict", text)
    assert answer.code == 400
    assert answer.body["message"] == (
        'Widget in version "v1" cannot be handled as a Widget: strict decoding error:'
        ' duplicate field "spec.a", unknown field "spec.foo"'
    )


async def test_ignoring_validation_drops_unknown_fields_in_silence(client: Client) -> None:
    answer = await client.send("POST", f"{WIDGETS}?fieldValidation=Ignore", widget(foo=1))
    assert (answer.code, answer.warnings) == (201, ())


async def test_a_strict_patch_with_an_unknown_field_is_invalid(client: Client) -> None:
    await client.send("POST", WIDGETS, widget())
    answer = await client.merge(f"{WIDGETS}/w?fieldValidation=Strict", {"spec": {"foo": 1}})
    assert answer.code == 422
    assert answer.body["details"]["causes"][0]["message"].endswith(
        'strict decoding error: unknown field "spec.foo"'
    )


async def test_a_bad_object_is_refused_with_its_causes(client: Client) -> None:
    answer = await client.send("POST", WIDGETS, widget(a="long", b="x"))
    assert answer.body["message"] == (
        'Widget.example.com "w" is invalid: [spec.a: Too long: may not be more than 3 bytes,'
        ' spec.b: Invalid value: "string": spec.b in body must be of type integer: "string"]'
    )


async def test_a_bad_status_is_refused(client: Client) -> None:
    await client.send("POST", WIDGETS, widget())
    answer = await client.merge(f"{WIDGETS}/w/status", {"status": {"x": "s"}})
    assert answer.body["message"] == (
        'Widget.example.com "w" is invalid: status.x: Invalid value: "string":'
        ' x in body must be of type integer: "string"'
    )


async def test_metadata_of_the_wrong_type_is_a_bad_request(client: Client) -> None:
    answer = await client.send("POST", WIDGETS, changed(widget(), {"metadata.labels": {"a": 1}}))
    assert answer.body["message"] == (
        'Widget in version "v1" cannot be handled as a Widget: json: cannot unmarshal number into'
        " Go struct field ObjectMeta.labels of type string"
    )


async def test_a_finalizer_without_a_domain_is_warned_of(client: Client) -> None:
    body = changed(widget(), {"metadata.finalizers": ["foo"]})
    answer = await client.send("POST", WIDGETS, body)
    assert answer.warnings == (
        (
            'metadata.finalizers: "foo": prefer a domain-qualified finalizer name to avoid accidental'
            " conflicts with other finalizer writers"
        ),
    )


async def test_a_new_default_shows_in_objects_that_were_written_before(client: Client) -> None:
    await client.send("POST", WIDGETS, widget())
    added = changed(DEFINITION, {f"{IN_SPEC}.c": {"type": "string", "default": "new"}})
    live = await client.send("GET", f"{DEFINITIONS}/widgets.example.com")
    await client.send(
        "PUT",
        f"{DEFINITIONS}/widgets.example.com",
        {**live.body, **added, "metadata": live.body["metadata"]},
    )
    found = await client.send("GET", f"{WIDGETS}/w")
    listed = await client.send("GET", WIDGETS)
    assert found.body["spec"] == {"b": 1, "c": "new"}
    assert listed.body["items"][0]["spec"] == {"b": 1, "c": "new"}


async def test_a_field_that_a_schema_drops_is_gone_from_what_is_read(client: Client) -> None:
    await client.send("POST", WIDGETS, widget(a="x"))
    dropped = changed(DEFINITION, {f"{IN_SPEC}.a": None})
    await client.merge(f"{DEFINITIONS}/widgets.example.com", {"spec": copy(dropped["spec"])})
    found = await client.send("GET", f"{WIDGETS}/w")
    assert found.body["spec"] == {"b": 1}


async def test_a_tightened_rule_does_not_lock_up_older_objects(client: Client) -> None:
    await client.send("POST", WIDGETS, widget(a="xyz"))
    tightened = changed(DEFINITION, {f"{IN_SPEC}.a.maxLength": 1})
    await client.merge(f"{DEFINITIONS}/widgets.example.com", {"spec": tightened["spec"]})
    kept = await client.merge(f"{WIDGETS}/w", {"spec": {"b": 2}})
    refused = await client.merge(f"{WIDGETS}/w", {"spec": {"a": "abc"}})
    assert (kept.code, refused.code) == (200, 422)


async def test_a_definition_that_is_not_structural_is_refused(client: Client) -> None:
    loose = changed(DEFINITION, {f"{IN_SPEC}.a.type": None})
    answer = await client.merge(f"{DEFINITIONS}/widgets.example.com", {"spec": loose["spec"]})
    assert answer.body["details"]["causes"][0]["field"] == (
        "spec.validation.openAPIV3Schema.properties[spec].properties[a].type"
    )


async def test_a_stored_version_cannot_be_dropped(client: Client) -> None:
    body = changed(DEFINITION, {"spec.versions.0.name": "v2"})
    live = await client.send("GET", f"{DEFINITIONS}/widgets.example.com")
    answer = await client.send(
        "PUT", f"{DEFINITIONS}/widgets.example.com", {**live.body, "spec": body["spec"]}
    )
    assert "v1 was previously a storage version" in answer.body["message"]
