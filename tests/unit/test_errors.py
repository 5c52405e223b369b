"""What is told of errors that nobody foresaw."""

from __future__ import annotations

import errno

from trueup.errors import of_defect


def test_the_text_of_a_defect_is_not_told() -> None:
    assert "opensesame" not in str(of_defect(ValueError("opensesame"), "rendering"))


def test_what_the_machine_refuses_is_told_in_its_own_words() -> None:
    error = OSError(errno.ENOSPC, "No space left on device", "/secret/place")
    assert str(of_defect(error, "fetching")) == (
        "fetching failed: No space left on device; look at the machine that Trueup runs on"
    )
