"""Compare the expectations in the tables with what Kubernetes' own code says.

    cd scripts/peers/kubernetes && go build -o /tmp/kubernetes-peer .
    python scripts/peers/kubernetes/confirm.py /tmp/kubernetes-peer

Prints every case that differs; exit code 1 if there is one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trueup.objects import yaml

CASES = Path(__file__).parents[3] / "tests" / "cases"
Case = dict[str, Any]


def load(name: str) -> list[Case]:
    found: list[Case] = yaml.load((CASES / name).read_bytes())
    return found


def _widget(spec: Any) -> Case:
    metadata = {"name": "a", "namespace": "default", "resourceVersion": "1"}
    return {"apiVersion": "a.b/v1", "kind": "Widget", "metadata": metadata, "spec": spec}


def _of_objects() -> Iterator[tuple[Case, Case]]:
    for table in ("schemas", "rules"):
        for case in load(f"controlplane/custom/{table}.yaml"):
            schema = {"type": "object", "properties": {"spec": case["schema"]}}
            question = {"ask": "object", "schema": schema, "object": _widget(case["spec"])}
            if "old" in case:
                question["old"] = _widget(case["old"])
            wanted = {
                "causes": sorted(case.get("causes", [])),
                "unknown": case.get("unknown", []),
                "result": case.get("result", case["spec"]),
            }
            yield question | {"name": case["name"]}, wanted


def _of_definitions() -> Iterator[tuple[Case, Case]]:
    for case in load("controlplane/custom/definitions.yaml"):
        question = {"ask": "definition", "name": case["name"], "object": case["definition"]}
        if "old" in case:
            question["old"] = case["old"]
        if "contains" not in case:
            yield question, {"causes": sorted(case.get("causes", []))}


def _of_expressions() -> Iterator[tuple[Case, Case]]:
    for path in sorted((CASES / "cel").glob("kubernetes*.yaml")):
        for case in yaml.load(path.read_bytes()):
            question = {"ask": "cel", "name": case["expression"], **case}
            wanted = {key: case[key] for key in ("value", "fails", "refused") if key in case}
            yield question | {"name": case["expression"]}, wanted


def _said(question: Case, answer: Case) -> Case:
    if question["ask"] == "cel":
        if "compile" in answer or "program" in answer:
            return {"refused": True}
        return {"fails": True} if "error" in answer else {"value": answer.get("value")}
    found = {
        "causes": sorted(f"{c['field']}: {c['message']}" for c in answer.get("causes", [])),
    }
    if question["ask"] == "object" and "result" in answer:
        found |= {"unknown": answer["unknown"] or [], "result": answer["result"]["spec"]}
    return found


def main() -> int:
    pairs = [*_of_objects(), *_of_definitions(), *_of_expressions()]
    lines = "\n".join(json.dumps(question) for question, _ in pairs)
    done = subprocess.run(  # noqa: S603 - a program of ours
        [sys.argv[1]], input=lines, capture_output=True, text=True, check=True
    )
    differ = 0
    for (question, wanted), line in zip(pairs, done.stdout.splitlines(), strict=True):
        answer = json.loads(line)
        said = _said(question, answer)
        if said != wanted:
            differ += 1
            sys.stdout.write(f"{question['name']}\n  wanted {wanted}\n  said   {said}\n")
            if "panic" in answer or "error" in answer or "compile" in answer:
                sys.stdout.write(f"  answer {answer}\n")
    sys.stdout.write(f"{len(pairs)} cases, {differ} differ\n")
    return 1 if differ else 0


if __name__ == "__main__":
    raise SystemExit(main())
