"""Which server, and who we are there: every form of a kubeconfig that Trueup reads."""

from __future__ import annotations

import base64
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from trueup.cluster import ClusterConfig, cluster_config_from_kubeconfig
from trueup.cluster.exec_plugin import credential_from_plugin
from trueup.cluster.kubeconfig import cluster_config_from_file
from trueup.errors import InputError, Unauthorized
from trueup.objects import yaml


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def kubeconfig(user: dict[str, Any] | None = None, **cluster: Any) -> str:
    return yaml.dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "here",
            "contexts": [
                {"name": "there", "context": {"cluster": "other"}},
                {"name": "here", "context": {"cluster": "c", "user": "u", "namespace": "apps"}},
            ],
            "clusters": [
                {"name": "c", "cluster": {"server": "https://c:6443", **cluster}},
                {"name": "other", "cluster": {"server": "https://other"}},
            ],
            "users": [{"name": "u", "user": user or {}}],
        }
    )


def parsed(user: dict[str, Any] | None = None, **cluster: Any) -> ClusterConfig:
    return cluster_config_from_kubeconfig(kubeconfig(user, **cluster))


def test_the_current_context_counts() -> None:
    config = parsed()
    assert (config.server, config.namespace, config.verify) == ("https://c:6443", "apps", True)


def test_another_context_can_be_chosen() -> None:
    config = cluster_config_from_kubeconfig(kubeconfig(), context="there")
    assert (config.server, config.namespace) == ("https://other", "default")


@pytest.mark.parametrize(
    ("user", "header"),
    [
        ({"token": "t0"}, "Bearer t0"),
        ({"username": "me", "password": "pä"}, f"Basic {b64('me:pä')}"),
    ],
    ids=["token", "password"],
)
async def test_credentials_become_a_header(user: dict[str, str], header: str) -> None:
    assert await parsed(user).auth_headers() == {"Authorization": header}


async def test_without_credentials_there_is_no_header() -> None:
    assert await parsed().auth_headers() == {}


async def test_a_token_file_is_read_anew_each_time(tmp_path: Path) -> None:
    content = kubeconfig({"tokenFile": "token"})
    config = cluster_config_from_kubeconfig(content, base=tmp_path)
    (tmp_path / "token").write_text("one\n")
    first = await config.auth_headers()
    (tmp_path / "token").write_text("two\n")
    assert [first, await config.auth_headers()] == [
        {"Authorization": "Bearer one"},
        {"Authorization": "Bearer two"},
    ]


async def test_a_token_file_that_cannot_be_read_now_leaves_the_token_good(tmp_path: Path) -> None:
    content = kubeconfig({"tokenFile": "token"})
    config = cluster_config_from_kubeconfig(content, base=tmp_path)
    (tmp_path / "token").write_text("one\n")
    await config.auth_headers()
    (tmp_path / "token").unlink()
    assert await config.auth_headers() == {"Authorization": "Bearer one"}


async def test_a_token_file_that_was_never_there_is_named(tmp_path: Path) -> None:
    content = kubeconfig({"tokenFile": "token"})
    config = cluster_config_from_kubeconfig(content, base=tmp_path)
    with pytest.raises(Unauthorized, match=r"token: the token cannot be read: No such file"):
        await config.auth_headers()


def test_certificates_come_as_data() -> None:
    user = {"client-certificate-data": b64("cert"), "client-key-data": b64("key")}
    config = parsed(user, **{"certificate-authority-data": b64("ca"), "tls-server-name": "x"})
    assert (config.ca, config.client_certificate, config.client_key) == (b"ca", b"cert", b"key")
    assert config.server_name == "x"


def test_certificates_come_as_files_beside_the_kubeconfig(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("ca")
    (tmp_path / "config").write_text(kubeconfig(**{"certificate-authority": "ca.crt"}))
    assert cluster_config_from_file(str(tmp_path / "config")).ca == b"ca"


def test_insecure_and_proxy_are_read() -> None:
    config = parsed(**{"insecure-skip-tls-verify": True, "proxy-url": "http://proxy:3128"})
    assert (config.verify, config.proxy_url) == (False, "http://proxy:3128")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[]", "is not a kubeconfig"),
        ("{}", "has no entry '' in contexts"),
        (kubeconfig(server=""), "its cluster has no server"),
        (kubeconfig(**{"proxy-url": "socks5://p:1"}), "its proxy-url is neither http nor https"),
        (
            kubeconfig(**{"certificate-authority-data": "?"}),
            "certificate-authority-data is not base64",
        ),
    ],
)
def test_a_broken_file_is_told(content: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        cluster_config_from_kubeconfig(content)


@pytest.mark.parametrize(
    "user",
    [{"tokenFile": "/etc/token"}, {"client-key": "/etc/key"}, {"exec": {"command": "sh"}}],
    ids=["token file", "key file", "command"],
)
def test_a_kubeconfig_from_elsewhere_reaches_neither_files_nor_commands(
    user: dict[str, Any],
) -> None:
    with pytest.raises(InputError, match="not allowed here"):
        parsed(user)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        cluster_config_from_file(str(tmp_path / "config"))


def several(folder: Path, *names: str) -> str:
    """A list of files in folders of their own, each with one of the parts of a configuration."""
    parts: dict[str, dict[str, Any]] = {
        "context": {"contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}]},
        "cluster": {"clusters": [{"name": "c", "cluster": {"server": "https://c"}}]},
        "other": {"clusters": [{"name": "c", "cluster": {"server": "https://other"}}]},
        "user": {"users": [{"name": "u", "user": {"client-key": "key"}}], "current-context": "x"},
    }
    for name in names:
        (folder / name).mkdir()
        (folder / name / "config").write_text(yaml.dump(parts[name]))
        (folder / name / "key").write_text(f"key of {name}")
    return os.pathsep.join(str(folder / name / "config") for name in names)


def test_several_files_are_one_and_the_first_word_counts(tmp_path: Path) -> None:
    files = several(tmp_path, "context", "cluster", "other", "user")
    config = cluster_config_from_file(files)
    assert (config.server, config.client_key) == ("https://c", b"key of user")


def test_of_several_files_some_may_be_missing(tmp_path: Path) -> None:
    files = several(tmp_path, "context", "cluster", "user") + os.pathsep + str(tmp_path / "none")
    assert cluster_config_from_file(files).server == "https://c"


# Credential plugins


def plugin(folder: Path, script: str) -> ClusterConfig:
    """A configuration whose credential plugin is a Python script."""
    command = folder / "login"
    command.write_text(f"#!{sys.executable}\nimport json, os, sys\n{script}\n")
    command.chmod(0o755)
    user = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": "./login",
            "args": ["--as", "me"],
            "env": [{"name": "REALM", "value": "test"}],
        }
    }
    return cluster_config_from_kubeconfig(kubeconfig(user), base=folder)


SAYS = "print(json.dumps({{'kind': 'ExecCredential', 'status': {}}}))"


async def test_a_plugin_is_told_what_is_wanted(tmp_path: Path) -> None:
    token = (
        "sys.argv[2] + os.environ['REALM'] + json.loads(os.environ['KUBERNETES_EXEC_INFO'])['kind']"
    )
    config = plugin(tmp_path, SAYS.format(f"{{'token': {token}}}"))
    assert await config.auth_headers() == {"Authorization": "Bearer metestExecCredential"}


COUNTING = """
count = len(os.listdir(os.path.dirname(sys.argv[0]) or '.'))
open(os.path.join(os.path.dirname(sys.argv[0]) or '.', str(count)), 'w').close()
"""


@pytest.mark.parametrize(
    ("expiry", "runs"),
    [("", 1), ("'2999-01-01T00:00:00Z'", 1), ("'2020-01-01T00:00:00Z'", 2)],
    ids=["no expiry", "later", "past"],
)
async def test_a_token_is_kept_until_it_expires(tmp_path: Path, expiry: str, runs: int) -> None:
    status = f"{{'token': 't', 'expirationTimestamp': {expiry or None}}}"
    config = plugin(tmp_path, COUNTING + SAYS.format(status))
    for _ in range(2):
        await config.auth_headers()
    assert len(os.listdir(tmp_path)) == 1 + runs  # noqa: PTH208


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("sys.exit('log in first')", "credential plugin failed: log in first"),
        ("print('hello')", "credential plugin prints no ExecCredential"),
        ("print('[]')", "credential plugin prints no ExecCredential"),
        (SAYS.format("{}"), "credential plugin gives no token"),
    ],
)
async def test_a_plugin_that_fails_is_told(tmp_path: Path, script: str, problem: str) -> None:
    with pytest.raises(Unauthorized, match=problem):
        await plugin(tmp_path, script).auth_headers()


async def test_a_plugin_that_hangs_is_ended(tmp_path: Path) -> None:
    plugin(tmp_path, "import time\ntime.sleep(60)")
    found = {"command": str(tmp_path / "login")}
    with pytest.raises(Unauthorized, match=r"credential plugin gave no answer within 0\.1 s"):
        await credential_from_plugin(found, timeout=0.1)


async def test_a_plugin_that_is_not_installed_comes_with_its_hint(tmp_path: Path) -> None:
    user = {"exec": {"command": "no-such-plugin", "installHint": "get it at example.com"}}
    config = cluster_config_from_kubeconfig(kubeconfig(user), base=tmp_path)
    with pytest.raises(InputError, match=r"get it at example\.com"):
        await config.auth_headers()


def test_credentials_are_not_shown() -> None:
    config = parsed({"token": "opensesame", "username": "me", "password": "hushhush"})
    assert "opensesame" not in repr(config)
    assert "hushhush" not in repr(config)
