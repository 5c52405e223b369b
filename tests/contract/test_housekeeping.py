"""What a control plane does by itself: garbage, namespaces, service accounts, assembled roles.

A kube-apiserver leaves this to its controller manager.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.server import Api, Server
from tests.contract.test_clauses import run

SECRETS = "/api/v1/namespaces/{ns}/secrets"
GONE = {"code": 404, "until": True}


@pytest.fixture(autouse=True)
def housekeeping(server: Server) -> None:
    if not server.has_housekeeping:
        pytest.skip("no kube-controller-manager here; `make kube` builds one")


async def owner(api: Api, name: str = "owner", **metadata: Any) -> dict[str, Any]:
    """A reference to a new Secret."""
    reply = await api.send("POST", SECRETS, {"metadata": {"name": name, **metadata}})
    uid = reply.body["metadata"]["uid"]
    return {"apiVersion": "v1", "kind": "Secret", "name": name, "uid": uid}


async def dependent(
    api: Api, *owners: dict[str, Any], name: str = "dependent", **more: Any
) -> None:
    metadata = {"name": name, "ownerReferences": list(owners), **more}
    reply = await api.send("POST", SECRETS, {"metadata": metadata})
    assert reply.code == 201, reply.body


async def delete(api: Api, name: str, policy: str) -> None:
    await api.send("DELETE", f"{SECRETS}/{name}", {"propagationPolicy": policy})


async def expect(api: Api, name: str, **wanted: Any) -> None:
    await run({"send": f"GET {SECRETS}/{name}", "until": True, **wanted}, api)


async def test_a_dependent_goes_after_its_owner(api: Api) -> None:
    await dependent(api, await owner(api))
    await delete(api, "owner", "Background")
    await expect(api, "dependent", code=404)


async def test_a_dependent_of_two_owners_stays_while_one_is_left_and_forgets_the_other(
    api: Api,
) -> None:
    await dependent(api, await owner(api, "one"), await owner(api, "two"))
    await delete(api, "one", "Background")
    await expect(api, "dependent", expect={"metadata": {"ownerReferences": [{"name": "two"}]}})


async def test_what_names_an_owner_that_never_was_goes(api: Api) -> None:
    absent = {"apiVersion": "v1", "kind": "Secret", "name": "never", "uid": "0"}
    await dependent(api, absent)
    await expect(api, "dependent", code=404)


async def test_an_owner_that_was_made_anew_under_the_same_name_is_another(api: Api) -> None:
    reference = await owner(api)
    await dependent(api, {**reference, "uid": "not-this-one"})
    await expect(api, "dependent", code=404)


async def test_an_owner_in_another_namespace_is_none(api: Api, server: Server) -> None:
    async with server.namespace() as other:
        await dependent(api, await owner(other))
        await expect(api, "dependent", code=404)


async def test_what_names_an_owner_of_an_unknown_kind_stays(api: Api) -> None:
    unknown = {"apiVersion": "no.such/v1", "kind": "Thing", "name": "t", "uid": "1"}
    await dependent(api, unknown, name="kept")
    await dependent(api, {**unknown, "apiVersion": "v1", "kind": "Secret"}, name="gone")
    await expect(api, "gone", code=404)
    await expect(api, "kept", code=200)


async def test_orphans_stay_without_their_owner(api: Api) -> None:
    await dependent(api, await owner(api))
    await delete(api, "owner", "Orphan")
    await expect(api, "owner", code=404)
    await expect(api, "dependent", expect={"metadata": {"ownerReferences": None}})


async def test_an_owner_deleted_in_the_foreground_waits_for_dependents_that_block_it(
    api: Api,
) -> None:
    reference = {**await owner(api), "blockOwnerDeletion": True}
    await dependent(api, reference, finalizers=["example.com/hold"])
    await delete(api, "owner", "Foreground")
    await expect(api, "dependent", expect={"metadata": {"deletionTimestamp": "*"}})
    await expect(api, "owner", expect={"metadata": {"finalizers": ["foregroundDeletion"]}})
    release = {"metadata": {"finalizers": None}}
    await run({"send": f"PATCH {SECRETS}/dependent", "type": "merge", "body": release}, api)
    await expect(api, "owner", code=404)


async def test_an_owner_deleted_in_the_foreground_does_not_wait_for_the_others(api: Api) -> None:
    await dependent(api, await owner(api), finalizers=["example.com/hold"])
    await delete(api, "owner", "Foreground")
    await expect(api, "owner", code=404)
    release = {"metadata": {"finalizers": None}}
    await run({"send": f"PATCH {SECRETS}/dependent", "type": "merge", "body": release}, api)


async def test_a_whole_tree_goes_with_its_root(api: Api) -> None:
    await dependent(api, await owner(api), name="middle")
    middle = await api.send("GET", f"{SECRETS}/middle")
    uid = middle.body["metadata"]["uid"]
    reference = {"apiVersion": "v1", "kind": "Secret", "name": "middle", "uid": uid}
    await dependent(api, reference, name="leaf")
    await delete(api, "owner", "Background")
    await expect(api, "leaf", code=404)


async def test_a_deleted_namespace_takes_its_content_along(api: Api) -> None:
    await owner(api)
    await run({"send": "DELETE /api/v1/namespaces/{ns}"}, api)
    await run({"send": "GET /api/v1/namespaces/{ns}", **GONE}, api)
    await expect(api, "owner", code=404)


async def test_a_deleted_namespace_says_what_it_waits_for(api: Api) -> None:
    await owner(api, finalizers=["example.com/hold"])
    await run({"send": "DELETE /api/v1/namespaces/{ns}"}, api)
    told = [
        {"type": "NamespaceDeletionDiscoveryFailure", "status": "False"},
        {"type": "NamespaceDeletionGroupVersionParsingFailure", "status": "False"},
        {"type": "NamespaceDeletionContentFailure", "status": "False"},
        {
            "type": "NamespaceContentRemaining",
            "status": "True",
            "message": "Some resources are remaining: secrets. has 1 resource instances",
        },
        {
            "type": "NamespaceFinalizersRemaining",
            "status": "True",
            "message": "Some content in the namespace has finalizers remaining:"
            " example.com/hold in 1 resource instances",
        },
    ]
    status = {"status": {"phase": "Terminating", "conditions": told}}
    await run({"send": "GET /api/v1/namespaces/{ns}", "expect": status, "until": True}, api)
    release = {"metadata": {"finalizers": None}}
    await run({"send": f"PATCH {SECRETS}/owner", "type": "merge", "body": release}, api)
    await run({"send": "GET /api/v1/namespaces/{ns}", **GONE}, api)


async def test_every_namespace_has_a_default_service_account(api: Api) -> None:
    path = "/api/v1/namespaces/{ns}/serviceaccounts/default"
    await run({"send": f"GET {path}", "until": True}, api)
    await run({"send": f"DELETE {path}"}, api)
    await run({"send": f"GET {path}", "until": True}, api)


async def test_every_namespace_has_the_certificate_to_trust_the_server_by(api: Api) -> None:
    path = "/api/v1/namespaces/{ns}/configmaps/kube-root-ca.crt"
    bundle = {"data": {"ca.crt": "~^-----BEGIN CERTIFICATE-----"}}
    await run({"send": f"GET {path}", "until": True, "expect": bundle}, api)


async def test_a_role_is_assembled_from_those_that_it_selects(api: Api) -> None:
    roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
    rule = {"apiGroups": ["example.com"], "resources": ["widgets"], "verbs": ["get"]}
    label = f"for-{api.ns}"
    whole = {
        "metadata": {"name": f"whole-{api.ns}"},
        "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {label: "true"}}]},
    }
    part = {"metadata": {"name": f"part-{api.ns}", "labels": {label: "true"}}, "rules": [rule]}
    await run({"send": f"POST {roles}", "body": whole}, api)
    await run({"send": f"POST {roles}", "body": part}, api)
    wanted = {"send": f"GET {roles}/whole-{api.ns}", "until": True, "expect": {"rules": [rule]}}
    await run(wanted, api)


async def test_an_eviction_deletes_the_pod(api: Api) -> None:
    pods = "/api/v1/namespaces/{ns}/pods"
    pod = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    await run({"send": f"POST {pods}", "body": pod}, api)
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "p"}}
    await run({"send": f"POST {pods}/p/eviction", "body": eviction}, api)
    await run({"send": f"GET {pods}/p", "code": 404}, api)
