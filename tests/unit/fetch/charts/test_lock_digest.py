"""The digest in a lock is the one that Helm writes: ``tests/cases/fetch/lock_digests.yaml``.

The cases stay text until Trueup reads them, as what a scalar is counts here.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trueup.fetch.charts import Dependency, read_chart
from trueup.fetch.charts.lock_digest import digest_of
from trueup.tree import MemoryTree

FILE = Path(__file__).parents[3] / "cases/fetch/lock_digests.yaml"
CASE = re.compile(r"- name: (.*)\n  dependency: (.*)\n  digest: (.*)\n")
CASES = CASE.findall(FILE.read_text())


@pytest.mark.parametrize(
    ("dependency", "digest"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_the_digest_is_helms(dependency: str, digest: str) -> None:
    about = f"apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- {dependency}\n"
    wanted = read_chart(MemoryTree({"Chart.yaml": about}), "").dependencies or ()
    locked = [Dependency(each.name, "1.2.0", each.repository) for each in wanted]
    assert digest_of(wanted, locked) == digest
