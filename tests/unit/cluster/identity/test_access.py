"""Where a workload identity goes: ``tests/cases/cluster/addresses.yaml``, and whom it trusts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trueup.cluster.identity.access import Access, authority_of, server_of
from trueup.errors import InputError
from trueup.objects import yaml
from trueup.testing.certificates import Authority

CASES = Path(__file__).parents[3] / "cases" / "cluster" / "addresses.yaml"
TABLE: list[dict[str, Any]] = yaml.load(CASES.read_bytes())


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_server_of(case: dict[str, Any]) -> None:
    if "server" in case:
        assert server_of(case["address"]) == case["server"]
    else:
        with pytest.raises(InputError, match="is no https address"):
            server_of(case["address"])


def test_no_authority_means_those_of_the_machine() -> None:
    assert authority_of(" \n") is None


def test_an_authority_is_kept_as_it_is(tmp_path: Path) -> None:
    certificate = Authority(tmp_path).certificate
    assert authority_of(certificate) == certificate.encode()


def test_text_beside_the_certificates_does_no_harm(tmp_path: Path) -> None:
    certificate = Authority(tmp_path).certificate
    assert authority_of(f"# Zürich\n{certificate}") is not None


@pytest.mark.parametrize("text", ["hello", "-----BEGIN CERTIFICATE-----\n", "ä"])
def test_what_holds_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="holds no certificate"):
        authority_of(text)


def test_a_token_is_not_shown() -> None:
    assert "opensesame" not in repr(Access("https://c:443", None, "opensesame", None))
