"""What is read from the ConfigMap of a workload identity."""

from __future__ import annotations

import pytest

from trueup.cluster.identity import WorkloadIdentity
from trueup.errors import InputError


def wanted(default: str = "", **data: str) -> WorkloadIdentity:
    return WorkloadIdentity.of({"data": data}, default)


def test_audiences_are_the_lines_that_say_something() -> None:
    assert wanted(audiences="\n  one \n\n two\n").audiences == ("one", "two")


def test_a_named_account_comes_before_the_default_one() -> None:
    assert wanted("tenant", serviceAccountName="mine").account == "mine"


def test_the_default_account_is_meant_if_none_is_named() -> None:
    assert wanted("tenant", serviceAccountName="").account == "tenant"


def test_a_config_map_without_data_says_nothing() -> None:
    assert WorkloadIdentity.of({}, "") == WorkloadIdentity(provider="")


def test_an_account_with_a_path_in_its_name_is_refused() -> None:
    with pytest.raises(InputError, match="is no name"):
        wanted(serviceAccountName="a/token?x=")
