"""Ask a real API server about the cases of ``builtin.yaml`` and record its answers.

    python scripts/peers/record.py https://127.0.0.1:6443 TOKEN

Writes ``tests/cases/controlplane/builtin_answers.yaml``: the causes by the name of the case.
The server is a test server of one's own: the script leaves the bases behind on it.
"""

from __future__ import annotations

import json
import ssl
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from trueup.objects import yaml
from trueup.testing.objects import changed, collection_path

CASES = Path(__file__).parents[2] / "tests" / "cases" / "controlplane"


class Server:
    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token
        self._context = ssl._create_unverified_context()  # noqa: S323 - a test server of our own

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, headers, method=method)  # noqa: S310 - https
        try:
            with urllib.request.urlopen(request, context=self._context) as answer:  # noqa: S310 - https
                found: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            found = json.load(error)
        return found


def answer(server: Server, base: dict[str, Any], case: dict[str, Any]) -> list[str]:
    path = collection_path(base)
    if case.get("update"):
        server.send("POST", path, base)
        here = f"{path}/{base['metadata']['name']}"
        obj = changed(server.send("GET", here), case["set"])
        said = server.send("PUT", f"{here}?dryRun=All", obj)
    else:
        said = server.send("POST", f"{path}?dryRun=All", changed(base, case["set"]))
    if said.get("status") != "Failure":
        return []
    causes = (said.get("details") or {}).get("causes") or []
    return sorted(f"{c['field']}: {c['message']}" for c in causes) or [said["message"]]


def main() -> None:
    server = Server(sys.argv[1], sys.argv[2])
    table = yaml.load((CASES / "builtin.yaml").read_bytes())
    answers = {
        case["name"]: answer(server, table["bases"][case["of"]], case) for case in table["cases"]
    }
    (CASES / "builtin_answers.yaml").write_text(yaml.dump(answers))


if __name__ == "__main__":
    main()
