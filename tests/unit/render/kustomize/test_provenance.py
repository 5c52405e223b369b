from __future__ import annotations

import pytest

from trueup.render.kustomize.provenance import take_origin
from trueup.render.kustomize.resource import ORIGIN


@pytest.mark.parametrize("origin", ["{", "abc", "[]", ""])
def test_an_origin_of_ones_own_that_says_nothing_is_taken_off(origin: str) -> None:
    manifest = {"metadata": {"name": "x", "annotations": {ORIGIN: origin}}}

    assert (take_origin(manifest), manifest) == ("", {"metadata": {"name": "x"}})
