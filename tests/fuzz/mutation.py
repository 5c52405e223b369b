"""Bytes that are nearly what they were: a few changes to a good input get further than noise."""

from __future__ import annotations

from hypothesis import strategies as st

TOKENS = tuple(
    text.encode()
    for text in (
        *("null", "~", "true", "{}", "[]", '""', "''", "-", "?", ": ", "#", "*", "...", "\n---\n"),
        *(
            "&a ",
            "*a",
            "<<: *a",
            "!!binary AA==",
            "!!str ",
            "!x ",
            "|",
            ">-",
            "%YAML 1.2\n",
            "\ufeff",
        ),
        *("0x1F", "0o7", "08", "1e999", "-0", ".inf", "9223372036854775808", "1_000", "12:30:45"),
        *(
            "../",
            "/",
            ".",
            "*",
            "**",
            "[",
            "{a,b}",
            "\\",
            "\0",
            "\r\n",
            "\t",
            "\x85",
            "\u2028",
            "é",
        ),
        *("$(A)", "${A}", "${A:=", "${", "}", "$$", "${A/x/y}", "%%", "##", ":1:2"),
        *("$patch: delete", "$patch: replace", "$setElementOrder/x: [a]", "metadata", "name: a"),
        *("apiVersion: v1", "kind: List", "items:", "resources:", "spec.template.[a=b].c", "a.*.0"),
        *(
            "ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]",
            "sops:",
            "mac: x",
            "=",
            ",",
            "a[9]",
        ),
        "[" * 300,
        "{a: " * 300,
        "x" * 5000,
    )
)
_PLACES = st.integers(0, 1 << 20)
_LENGTHS = st.one_of(st.integers(0, 8), st.integers(0, 300))


def mutated(content: bytes) -> st.SearchStrategy[bytes]:
    """``content`` after one to eight changes of bytes and of lines."""
    return st.lists(_CHANGES, min_size=1, max_size=8).map(lambda all_: _changed(content, all_))


_CHANGES = st.one_of(
    st.tuples(st.just("put"), _PLACES, st.sampled_from(TOKENS)),
    st.tuples(st.just("replace"), _PLACES, st.sampled_from(TOKENS)),
    st.tuples(st.just("value"), _PLACES, st.sampled_from(TOKENS)),
    st.tuples(st.just("bytes"), _PLACES, st.binary(min_size=1, max_size=4)),
    st.tuples(st.just("cut"), _PLACES, _LENGTHS),
    st.tuples(st.just("repeat"), _PLACES, _LENGTHS),
    st.tuples(st.just("drop line"), _PLACES, st.none()),
    st.tuples(st.just("double line"), _PLACES, st.none()),
    st.tuples(st.just("indent line"), _PLACES, st.integers(-4, 4)),
    st.tuples(st.just("move line"), _PLACES, _PLACES),
)


def _changed(content: bytes, changes: list[tuple[str, int, object]]) -> bytes:
    for how, place, detail in changes:
        content = _on_lines(content, how, place, detail) or _on_bytes(content, how, place, detail)
    return content


def _on_bytes(content: bytes, how: str, place: int, detail: object) -> bytes:
    at = place % (len(content) + 1)
    match how, detail:
        case "put", bytes(token):
            return content[:at] + token + content[at:]
        case "replace" | "bytes", bytes(token):
            return content[:at] + token + content[at + len(token) :]
        case "cut", int(length):
            return content[:at] + content[at + length :]
        case "repeat", int(length):
            return content[:at] + content[at : at + length] * 3 + content[at + length :]
    return content


def _on_lines(content: bytes, how: str, place: int, detail: object) -> bytes | None:
    lines = content.split(b"\n")
    at = place % len(lines)
    line = lines[at]
    match how, detail:
        case "drop line", _:
            del lines[at]
        case "double line", _:
            lines.insert(at, line)
        case "indent line", int(by):
            lines[at] = b" " * by + line if by > 0 else line[-by:]
        case "move line", int(to):
            lines.insert(to % len(lines), lines.pop(at))
        case "value", bytes(token):
            key, colon, _ = line.partition(b": ")
            lines[at] = key + colon + token
        case _:
            return None
    return b"\n".join(lines)
