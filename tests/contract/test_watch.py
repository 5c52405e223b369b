"""Watches: what they show of what happens, from which moment on, and how they end."""

from __future__ import annotations

from typing import Any

from tests.contract.server import Api, Server

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"


async def create(api: Api, name: str, **metadata: Any) -> str:
    """The resourceVersion of a new Secret; these are nobody else's in a fresh namespace."""
    body = {"metadata": {"name": name, **metadata}}
    reply = await api.send("POST", "/api/v1/namespaces/{ns}/secrets", body)
    assert reply.code == 201, reply.body
    return str(reply.body["metadata"]["resourceVersion"])


async def change(api: Api, name: str, patch: Any) -> str:
    headers = {"Content-Type": "application/merge-patch+json"}
    path = f"/api/v1/namespaces/{{ns}}/secrets/{name}"
    reply = await api.send("PATCH", path, patch, headers)
    assert reply.code == 200, reply.body
    return str(reply.body["metadata"]["resourceVersion"])


async def delete(api: Api, name: str) -> None:
    reply = await api.send("DELETE", f"/api/v1/namespaces/{{ns}}/secrets/{name}")
    assert reply.code == 200, reply.body


def watch(query: str = "") -> str:
    return f"/api/v1/namespaces/{{ns}}/secrets?{query}"


def seen(events: list[Any]) -> list[tuple[str, str]]:
    return [(event["type"], event["object"]["metadata"].get("name", "")) for event in events]


async def test_a_watch_shows_each_change_after_its_revision_in_order(api: Api) -> None:
    since = await create(api, "a")
    await create(api, "b")
    await change(api, "a", {"data": {"k": "dg=="}})
    await delete(api, "b")
    events = await api.lines(watch(f"resourceVersion={since}"), 3)
    assert seen(events) == [("ADDED", "b"), ("MODIFIED", "a"), ("DELETED", "b")]


async def test_revisions_of_a_watch_only_grow(api: Api) -> None:
    since = await create(api, "a")
    for value in ("YQ==", "Yg==", "Yw=="):
        await change(api, "a", {"data": {"k": value}})
    events = await api.lines(watch(f"resourceVersion={since}"), 3)
    revisions = [int(event["object"]["metadata"]["resourceVersion"]) for event in events]
    assert revisions == sorted(set(revisions))


async def test_a_deletion_is_shown_with_the_last_state_at_the_revision_of_the_deletion(
    api: Api,
) -> None:
    since = await create(api, "a", labels={"x": "1"})
    await delete(api, "a")
    (event,) = await api.lines(watch(f"resourceVersion={since}"), 1)
    assert event["object"]["metadata"]["labels"] == {"x": "1"}
    assert int(event["object"]["metadata"]["resourceVersion"]) > int(since)


async def test_a_watch_without_a_revision_begins_with_what_is_there(api: Api) -> None:
    await create(api, "a")
    await create(api, "b")
    events = await api.lines(watch(), 2)
    assert sorted(seen(events)) == [("ADDED", "a"), ("ADDED", "b")]


async def test_a_watch_from_revision_0_begins_with_what_is_there(api: Api) -> None:
    await create(api, "a")
    assert seen(await api.lines(watch("resourceVersion=0"), 1)) == [("ADDED", "a")]


async def test_events_carry_the_kind_of_their_objects(api: Api) -> None:
    await create(api, "a")
    (event,) = await api.lines(watch(), 1)
    assert (event["object"]["kind"], event["object"]["apiVersion"]) == ("Secret", "v1")


async def test_what_ceases_to_match_a_selector_is_shown_as_deleted(api: Api) -> None:
    since = await create(api, "a", labels={"show": "1"})
    await change(api, "a", {"metadata": {"labels": {"show": None}}})
    (event,) = await api.lines(watch(f"resourceVersion={since}&labelSelector=show"), 1)
    assert seen([event]) == [("DELETED", "a")]


async def test_what_comes_to_match_a_selector_is_shown_as_added(api: Api) -> None:
    since = await create(api, "a")
    await change(api, "a", {"metadata": {"labels": {"show": "1"}}})
    (event,) = await api.lines(watch(f"resourceVersion={since}&labelSelector=show"), 1)
    assert seen([event]) == [("ADDED", "a")]


async def test_what_never_matches_a_selector_is_not_shown(api: Api) -> None:
    since = await create(api, "a")
    await create(api, "b", labels={"show": "1"})
    (event,) = await api.lines(watch(f"resourceVersion={since}&labelSelector=show"), 1)
    assert seen([event]) == [("ADDED", "b")]


async def test_a_field_selector_on_the_name_watches_one_object(api: Api) -> None:
    since = await create(api, "a")
    await create(api, "b")
    await create(api, "c")
    query = f"resourceVersion={since}&fieldSelector=metadata.name%3Dc"
    assert seen(await api.lines(watch(query), 1)) == [("ADDED", "c")]


async def test_a_watch_of_all_namespaces_shows_this_one(api: Api) -> None:
    since = await create(api, "a")
    await create(api, "b")
    query = f"resourceVersion={since}&fieldSelector=metadata.namespace%3D{api.ns}"
    assert seen(await api.lines(f"/api/v1/secrets?{query}", 1)) == [("ADDED", "b")]


async def test_a_watch_can_be_told_when_to_end(api: Api) -> None:
    since = await create(api, "a")
    await create(api, "b")
    events = await api.lines(watch(f"resourceVersion={since}&timeoutSeconds=3"), 99)
    assert seen(events) == [("ADDED", "b")]


async def test_the_first_list_of_a_watch_ends_with_a_bookmark_that_says_so(api: Api) -> None:
    await create(api, "a")
    query = "sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan"
    added, bookmark = await api.lines(watch(query), 2)
    assert (added["type"], bookmark["type"]) == ("ADDED", "BOOKMARK")
    annotations = bookmark["object"]["metadata"]["annotations"]
    assert annotations == {"k8s.io/initial-events-end": "true"}
    assert bookmark["object"]["kind"] == "Secret"


async def test_initial_events_need_a_match(api: Api) -> None:
    query = "watch=true&sendInitialEvents=true&allowWatchBookmarks=true"
    reply = await api.send("GET", watch(query))
    assert (reply.code, reply.body["reason"]) == (422, "Invalid")
    assert "sendInitialEvents requires setting resourceVersionMatch" in reply.body["message"]


async def test_a_watch_may_be_of_tables_whose_columns_come_once(api: Api) -> None:
    await create(api, "a")
    await create(api, "b")
    first, second = await api.lines(watch(), 2, TABLE)
    assert first["object"]["kind"] == "Table"
    assert first["object"]["columnDefinitions"]
    assert not second["object"].get("columnDefinitions")
    assert [row["cells"][0] for row in second["object"]["rows"]] == ["b"]


async def test_a_watch_may_be_of_metadata_alone(api: Api) -> None:
    await create(api, "a")
    (event,) = await api.lines(watch(), 1, PARTIAL)
    assert event["object"]["kind"] == "PartialObjectMetadata"
    assert event["object"]["metadata"]["name"] == "a"
    assert "data" not in event["object"]


async def test_a_bad_selector_is_refused_before_the_stream_begins(api: Api) -> None:
    reply = await api.send("GET", watch("watch=true&fieldSelector=data%3Dx"))
    assert (reply.code, reply.body["reason"]) == (400, "BadRequest")


async def test_a_held_object_is_modified_when_its_deletion_begins_and_deleted_when_it_ends(
    api: Api,
) -> None:
    since = await create(api, "a", finalizers=["example.com/hold"])
    await delete(api, "a")
    await change(api, "a", {"metadata": {"finalizers": None}})
    events = await api.lines(watch(f"resourceVersion={since}"), 2)
    assert seen(events) == [("MODIFIED", "a"), ("DELETED", "a")]


async def test_an_update_that_changes_nothing_is_no_event(api: Api) -> None:
    since = await create(api, "a")
    await change(api, "a", {"metadata": {"labels": None}})
    await create(api, "b")
    assert seen(await api.lines(watch(f"resourceVersion={since}"), 1)) == [("ADDED", "b")]


async def test_two_watches_see_the_same(api: Api, server: Server) -> None:
    since = await create(api, "a")
    await create(api, "b")
    one = await api.lines(watch(f"resourceVersion={since}"), 1)
    assert one == await api.lines(watch(f"resourceVersion={since}"), 1)
