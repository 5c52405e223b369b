"""Carrying out changes on an embedded control plane. Deletions are in ``test_deleting``."""

from __future__ import annotations

import pytest

from tests.unit.apply.conftest import Cluster, config_map, desired, ref
from trueup.apply import Done, Outcome
from trueup.errors import Conflict, Forbidden, Invalid, Unavailable
from trueup.objects import Manifest
from trueup.plan.decide import Action, Cause, Change, Remembered

PATH = "/configmaps/web"
IMMUTABLE = Invalid('ConfigMap "web" is invalid: data: Forbidden: field is immutable when set')


async def applied(cluster: Cluster, obj: Manifest, remembered: Remembered | None = None) -> Outcome:
    return await cluster.writer.apply(await cluster.change(obj, remembered))


async def edit(cluster: Cluster, manager: str = "kubectl-edit", **data: str | None) -> Manifest:
    return await cluster.person.patch(ref(), {"data": data}, field_manager=manager)


async def data(cluster: Cluster) -> dict[str, str]:
    live = await cluster.get()
    assert live is not None
    found: dict[str, str] = live.get("data", {})
    return found


async def test_a_new_object_is_created(cluster: Cluster) -> None:
    outcome = await applied(cluster, config_map(a="1"))
    assert (outcome.done, outcome.cause, await data(cluster)) == (
        Done.CREATED,
        Cause.NEW,
        {"a": "1"},
    )


async def test_a_change_in_git_is_configured(cluster: Cluster) -> None:
    first = await applied(cluster, config_map(a="1", b="1"))
    outcome = await applied(cluster, config_map(a="2"), first.remembered)
    assert (outcome.done, outcome.cause) == (Done.CONFIGURED, Cause.CHANGED_IN_GIT)
    assert await data(cluster) == {"a": "2"}


async def test_what_did_not_change_is_not_even_asked_for(cluster: Cluster) -> None:
    first = await applied(cluster, config_map(a="1"))
    change = await cluster.change(config_map(a="1"), first.remembered)
    cluster.faults.calls.clear()
    outcome = await cluster.writer.apply(change)
    assert (outcome.done, cluster.faults.calls) == (Done.UNCHANGED, [])


async def test_an_object_that_already_is_as_wanted_is_unchanged(cluster: Cluster) -> None:
    await applied(cluster, config_map(a="1"))
    outcome = await applied(cluster, config_map(a="1"))
    assert (outcome.done, outcome.cause) == (Done.UNCHANGED, Cause.ADOPTED)
    assert outcome.remembered is not None


async def test_a_drift_is_undone_and_its_fields_and_hand_are_told(cluster: Cluster) -> None:
    first = await applied(cluster, config_map(a="1"))
    await edit(cluster, "helm", a="9", b="2")
    outcome = await applied(cluster, config_map(a="1"), first.remembered)
    assert await data(cluster) == {"a": "1", "b": "2"}
    assert [(c.path, c.before, c.after) for c in outcome.drifted] == [(".data.a", "9", "1")]
    assert [author.manager for author in outcome.authors] == ["helm"]


async def test_who_takes_our_marks_off_is_not_taken_for_us(cluster: Cluster) -> None:
    first = await applied(cluster, config_map(a="1"))
    bare = {"metadata": {"labels": None}}
    await cluster.person.patch(ref(), bare, field_manager="kubectl-edit")
    outcome = await applied(cluster, config_map(a="1"), first.remembered)
    assert (outcome.is_drift, outcome.authors) == (True, ())


async def test_a_drift_that_somebody_undid_already_is_none(cluster: Cluster) -> None:
    first = await applied(cluster, config_map(a="1"))
    change = Change(
        desired(config_map(a="1")), Action.UPDATE, Cause.DRIFT_CHANGED, remembered=first.remembered
    )
    outcome = await cluster.writer.apply(change)
    assert (outcome.done, outcome.cause) == (Done.UNCHANGED, None)


async def test_an_object_that_someone_deleted_comes_back(cluster: Cluster) -> None:
    first = await applied(cluster, config_map(a="1"))
    await cluster.person.delete(ref())
    outcome = await applied(cluster, config_map(a="1"), first.remembered)
    assert (outcome.done, outcome.cause) == (Done.CREATED, Cause.DRIFT_DELETED)


# Fields of others


async def test_what_kubectl_set_is_taken_over_and_then_goes(cluster: Cluster) -> None:
    last = {"kubectl.kubernetes.io/last-applied-configuration": "{}"}
    obj = config_map(a="1", b="2")
    obj["metadata"]["annotations"] |= last
    await cluster.person.create(obj, field_manager="kubectl-client-side-apply")
    await applied(cluster, config_map(a="1"))
    live = await cluster.get()
    assert live is not None
    assert (live["data"], set(last) & set(live["metadata"]["annotations"])) == ({"a": "1"}, set())


async def test_what_other_controllers_set_stays(cluster: Cluster) -> None:
    await cluster.person.create(config_map(b="2"), field_manager="someone")
    await applied(cluster, config_map(a="1"))
    assert await data(cluster) == {"a": "1", "b": "2"}


async def test_an_object_that_asks_for_merging_keeps_what_kubectl_set(cluster: Cluster) -> None:
    obj = config_map(say="merge", b="2")
    await cluster.person.create(obj, field_manager="kubectl-create")
    await applied(cluster, config_map(say="merge", a="1"))
    assert await data(cluster) == {"a": "1", "b": "2"}


async def test_an_object_that_asks_to_be_left_alone_is(cluster: Cluster) -> None:
    await cluster.person.create(config_map(say="leave", a="9"), field_manager="someone")
    change = Change(desired(config_map(a="1")), Action.UPDATE, Cause.ADOPTED)
    outcome = await cluster.writer.apply(change)
    assert (outcome.done, await data(cluster)) == (Done.SKIPPED, {"a": "9"})


# Fields that can not change


async def test_an_immutable_field_is_a_failure(cluster: Cluster) -> None:
    first = await applied(cluster, config_map(a="1"))
    cluster.faults.fail("PATCH", PATH, IMMUTABLE)
    outcome = await applied(cluster, config_map(a="2"), first.remembered)
    assert (outcome.done, outcome.error, await data(cluster)) == (
        Done.FAILED,
        IMMUTABLE,
        {"a": "1"},
    )


async def test_an_object_that_may_be_recreated_is(cluster: Cluster) -> None:
    first = await applied(cluster, config_map(a="1"))
    cluster.faults.fail("PATCH", PATH, IMMUTABLE)
    outcome = await applied(cluster, config_map(say="recreate", a="2"), first.remembered)
    assert (outcome.done, outcome.recreated, await data(cluster)) == (
        Done.CREATED,
        True,
        {"a": "2"},
    )
    assert first.remembered is not None
    assert outcome.remembered is not None
    assert first.remembered.uid != outcome.remembered.uid


async def test_an_object_whose_finalizer_holds_it_is_waited_for(cluster: Cluster) -> None:
    obj = config_map(a="1")
    obj["metadata"]["finalizers"] = ["x.io/hold"]
    await cluster.person.create(obj, field_manager="someone")
    cluster.faults.fail("PATCH", PATH, IMMUTABLE)
    outcome = await applied(cluster, config_map(say="recreate", a="2"))
    assert (outcome.done, outcome.reason) == (Done.WAITING, "is being deleted")


@pytest.mark.parametrize(
    "error",
    [
        Invalid('ConfigMap "web" is invalid: data: Invalid value: "x": must be no longer'),
        Conflict("the object has been modified"),
        Forbidden("no"),
        Unavailable("no answer"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_no_other_refusal_ever_deletes_an_object(
    cluster: Cluster, error: Invalid | Conflict | Forbidden | Unavailable
) -> None:
    first = await applied(cluster, config_map(a="1"))
    cluster.faults.fail("PATCH", PATH, error)
    outcome = await applied(cluster, config_map(say="recreate", a="2"), first.remembered)
    assert (outcome.done, outcome.error, await data(cluster)) == (Done.FAILED, error, {"a": "1"})


async def test_an_object_that_was_replaced_meanwhile_is_not_deleted_for_recreation(
    cluster: Cluster,
) -> None:
    first = await applied(cluster, config_map(a="1"))
    cluster.faults.fail("PATCH", PATH, IMMUTABLE)

    async def replace() -> None:
        await cluster.person.delete(ref())
        await cluster.person.create(config_map(c="3"), field_manager="someone")

    cluster.faults.meanwhile("DELETE", PATH, replace)
    outcome = await applied(cluster, config_map(say="recreate", a="2"), first.remembered)
    assert (outcome.done, await data(cluster)) == (Done.FAILED, {"c": "3"})


# Many at once


async def test_one_failure_does_not_stop_the_others(cluster: Cluster) -> None:
    changes = [await cluster.change(config_map(name, a="1")) for name in ("a", "b", "c")]
    cluster.faults.fail("PATCH", "/configmaps/b", Forbidden("no"))
    outcomes = await cluster.writer.apply_all(changes)
    assert [outcome.done for outcome in outcomes] == [Done.CREATED, Done.FAILED, Done.CREATED]


async def test_an_error_about_a_secret_does_not_show_it(cluster: Cluster) -> None:
    secret = {**config_map(), "kind": "Secret", "data": None, "stringData": {"a": "opensesame"}}
    cluster.faults.fail("PATCH", "/secrets/web", Invalid("stringData: Invalid value: opensesame"))
    outcome = await applied(cluster, secret)
    assert str(outcome.error) == "stringData: Invalid value: ***"


async def test_a_name_that_leads_elsewhere_is_a_failure(cluster: Cluster) -> None:
    change = Change(desired(config_map("../x", a="1")), Action.CREATE, Cause.NEW)
    assert (await cluster.writer.apply(change)).done is Done.FAILED
