"""What becomes of a request when the network or the server misbehaves, over real sockets."""

from __future__ import annotations

import asyncio

import orjson
import pytest
from aiohttp import web

from tests.unit.cluster.conftest import Connect, Handler, KnownKinds
from trueup.cluster import Client, ClusterConfig
from trueup.cluster.http import HttpTransport
from trueup.errors import ApiError, InputError, TooManyRequests, Unauthorized, Unavailable
from trueup.objects import GroupVersionKind, Manifest, ObjectRef

CONFIG_MAP = GroupVersionKind("", "v1", "ConfigMap")
REF = ObjectRef("", "ConfigMap", "apps", "web", "v1")
OBJECT: Manifest = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "web", "namespace": "apps"},
}


class Answers:
    """A handler that gives one answer after the other, the last one for ever."""

    def __init__(self, *answers: web.Response | None) -> None:
        self._answers = list(answers)
        self.requests: list[web.Request] = []

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if answer is None:  # hang up without a word
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


def ok() -> web.Response:
    return web.json_response(OBJECT)


def later(status: int, seconds: str) -> web.Response:
    return web.json_response({}, status=status, headers={"Retry-After": seconds})


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_request_is_sent_again_when_the_server_says_when(
    connect: Connect, status: int
) -> None:
    client = await connect(Answers(later(status, "0"), ok()))
    assert await client.get(REF) == OBJECT


async def test_a_server_that_always_puts_off_is_not_asked_for_ever(connect: Connect) -> None:
    answers = Answers(later(429, "0"))
    with pytest.raises(TooManyRequests):
        await (await connect(answers)).get(REF)
    assert len(answers.requests) == 11


async def test_a_failure_without_a_time_is_told_at_once(connect: Connect) -> None:
    answers = Answers(web.Response(status=500, text="etcd is down"))
    with pytest.raises(Unavailable, match="etcd is down"):
        await (await connect(answers)).get(REF)
    assert len(answers.requests) == 1


async def test_an_hour_is_too_long_to_wait_for(connect: Connect) -> None:
    with pytest.raises(Unavailable):
        await (await connect(Answers(later(503, "3600")))).get(REF)


async def test_an_apply_is_sent_again_when_the_connection_was_closed(connect: Connect) -> None:
    client = await connect(Answers(ok(), None, ok()))
    await client.get(REF)
    assert (await client.apply(OBJECT, field_manager="test")).object == OBJECT


async def test_a_creation_is_not_sent_again(connect: Connect) -> None:
    answers = Answers(ok(), None, ok())
    client = await connect(answers)
    await client.get(REF)
    with pytest.raises(Unavailable):
        await client.create(OBJECT, field_manager="test")
    assert len(answers.requests) == 2


async def test_a_slow_server_is_given_up(connect: Connect) -> None:
    async def hang(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return ok()

    with pytest.raises(Unavailable):
        await (await connect(hang, timeout=0.05)).get(REF)


@pytest.mark.parametrize("text", ["<html>Please log in</html>", "[]", "", "{"])
async def test_an_answer_that_no_api_server_gives_is_no_answer(connect: Connect, text: str) -> None:
    with pytest.raises(Unavailable, match="not from a Kubernetes API server"):
        await (await connect(Answers(web.Response(text=text)))).get(REF)


async def test_a_redirect_is_not_followed_with_credentials(connect: Connect) -> None:
    answers = Answers(web.Response(status=302, headers={"Location": "/elsewhere"}))
    with pytest.raises(ApiError):
        await (await connect(answers, token="t")).get(REF)
    assert len(answers.requests) == 1


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    transport = HttpTransport(ClusterConfig(server="http://127.0.0.1:1"))
    with pytest.raises(Unavailable, match="no answer from the API server"):
        await KnownKinds(transport).get(REF)
    await transport.close()


@pytest.mark.parametrize("may_send", [[False], [True, False]], ids=["never", "no more"])
async def test_a_write_that_may_not_be_sent_once_its_connection_is_there_is_not_sent(
    connect: Connect, may_send: list[bool]
) -> None:
    answers = Answers(ok())
    client = (await connect(answers)).fenced(iter(may_send).__next__)
    with pytest.raises(Unavailable):
        await client.create(OBJECT, field_manager="m")
    assert not answers.requests


async def test_whoever_else_uses_the_transport_is_not_behind_the_fence(connect: Connect) -> None:
    client = await connect(Answers(ok()))
    with pytest.raises(Unavailable):
        await client.fenced(lambda: False).get(REF)
    assert await client.get(REF) == OBJECT


@pytest.mark.parametrize("name", [".", "..", "../secrets/web", "a/status", "a%2fb"])
async def test_a_name_never_leads_elsewhere(connect: Connect, name: str) -> None:
    answers = Answers(ok())
    with pytest.raises(InputError, match="invalid name"):
        await (await connect(answers)).get(ObjectRef("", "ConfigMap", "apps", name, "v1"))
    assert not answers.requests


@pytest.mark.parametrize("name", ["system:node", "a b", "a?watch=true", "a#b", "ä"])
async def test_an_odd_name_arrives_as_it_is(connect: Connect, name: str) -> None:
    answers = Answers(ok())
    await (await connect(answers)).get(ObjectRef("", "ConfigMap", "apps", name, "v1"))
    assert answers.requests[0].path == f"/api/v1/namespaces/apps/configmaps/{name}"


# Watches


def watching(*pieces: bytes, cut: bool = False) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for piece in pieces:
            await response.write(piece)
        if cut:
            assert request.transport is not None
            request.transport.close()
        return response

    return handler


def event(version: str) -> bytes:
    obj = {**OBJECT, "metadata": {"name": "web", "resourceVersion": version}}
    return orjson.dumps({"type": "MODIFIED", "object": obj}) + b"\n"


async def versions(client: Client) -> list[str]:
    """The resourceVersions that a watch shows, with the error that ends it."""
    seen = []
    try:
        async with client.watch(CONFIG_MAP, resource_version="1") as events:
            async for each in events:
                seen.append(each.object["metadata"]["resourceVersion"])  # noqa: PERF401 - until it breaks
    except ApiError as error:
        seen.append(type(error).__name__)
    return seen


async def test_events_may_be_cut_anywhere_on_their_way(connect: Connect) -> None:
    whole = event("2") + event("3")
    halves = (whole[:7], whole[7:90], whole[90:])
    assert await versions(await connect(watching(*halves))) == ["2", "3"]


async def test_a_connection_that_breaks_within_an_event_loses_only_that(connect: Connect) -> None:
    handler = watching(event("2"), event("3")[:20], cut=True)
    assert await versions(await connect(handler)) == ["2", "Unavailable"]


async def test_a_watch_that_has_expired_says_so(connect: Connect) -> None:
    status = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"}
    line = orjson.dumps({"type": "ERROR", "object": status}) + b"\n"
    assert await versions(await connect(watching(event("2"), line))) == ["2", "Gone"]


async def test_noise_in_a_watch_ends_it(connect: Connect) -> None:
    assert await versions(await connect(watching(event("2"), b"<html>\n"))) == ["2", "Unavailable"]


async def test_a_silent_watch_is_given_up(connect: Connect) -> None:
    async def silent(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await asyncio.Event().wait()
        return response

    client = await connect(silent, silence=0.05)
    assert await versions(client) == ["Unavailable"]


async def test_an_error_of_the_one_who_watches_stays_theirs(connect: Connect) -> None:
    client = await connect(watching(event("2")))
    with pytest.raises(FileNotFoundError):
        async with client.watch(CONFIG_MAP, resource_version="1"):
            raise FileNotFoundError


async def test_a_watch_that_is_put_off_says_until_when(connect: Connect) -> None:
    client = await connect(Answers(later(429, "7")))
    with pytest.raises(TooManyRequests) as caught:
        async with client.watch(CONFIG_MAP, resource_version="1"):
            pass
    assert caught.value.retry_after == 7


async def test_a_watch_that_is_refused_names_the_reason(connect: Connect) -> None:
    status = {"kind": "Status", "code": 401, "reason": "Unauthorized", "message": "who?"}
    client = await connect(Answers(web.json_response(status, status=401)))
    with pytest.raises(Unauthorized, match="who"):
        async with client.watch(CONFIG_MAP, resource_version="1"):
            pass
