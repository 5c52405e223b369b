"""No input crashes a renderer, keeps it busy for 2 s, or takes half a gigabyte: it renders or is refused.

``make fuzz`` looks for one that does; ``make test`` only tries what was found once and is kept below
``corpus``. What Hypothesis prints as falsifying goes there, as a case with a name that says what it is.
"""

from __future__ import annotations

import contextlib
import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.fuzz.bounds import bounded
from tests.fuzz.mutation import mutated
from tests.fuzz.targets import CORPUS, TARGETS, Files, Target, files_of
from tests.parity.cases import Case, folders, load
from trueup.errors import TrueupError

EXAMPLES = int(os.environ.get("FUZZ", "500"))
BY_NAME = {target.name: target for target in TARGETS}
KEPT = folders(CORPUS)

_cases = cache(Target.cases)


@pytest.mark.parametrize(
    "folder", [pytest.param(path, id=str(path.relative_to(CORPUS))) for path in KEPT]
)
def test_what_was_found_once_is_rendered_or_refused(folder: Path) -> None:
    case = load(folder)
    render_or_refuse(BY_NAME[folder.relative_to(CORPUS).parts[0]], case, files_of(case))


@pytest.mark.fuzz
@pytest.mark.timeout(0)
@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_changed_is_rendered_or_refused(target: Target, data: st.DataObject) -> None:
    case = load(data.draw(st.sampled_from(_cases(target)), label="case"))
    files = files_of(case)
    name = data.draw(st.sampled_from(list(target.changeable(files))), label="file")
    files[name] = data.draw(mutated(files[name]), label="content")
    note(f"a case of {target.name}, from {case.folder}, with {name} changed")
    render_or_refuse(target, case, files)


def render_or_refuse(target: Target, case: Case, files: Files) -> None:
    with bounded(), contextlib.suppress(TrueupError):
        target.run(case, files)
