"""What can go wrong between here and a Git server, told apart for the person who must act."""

from __future__ import annotations

import re
from typing import Literal

from trueup.errors import FetchError

Trouble = Literal[
    "auth",
    "host-key",
    "tls",
    "redirect",
    "not-found",
    "unknown-ref",
    "empty",
    "timeout",
    "too-large",
    "object-format",
    "network",
    "server",
    "corrupt",
    "rejected",
    "declined",
    "conflict",
    "other",
]


class GitError(FetchError):
    """A Git operation failed; ``trouble`` says in which of the ways that call for a different act."""

    def __init__(
        self, cause: str, *, subject: str = "", next_step: str = "", trouble: Trouble = "other"
    ) -> None:
        super().__init__(cause, subject=subject, next_step=next_step)
        self.trouble = trouble


_SIGNS: dict[Trouble, tuple[str, ...]] = {
    "host-key": (
        "Host key verification failed",
        "REMOTE HOST IDENTIFICATION HAS CHANGED",
        "No .* host key is known",
    ),
    "auth": (
        "Authentication failed",
        "could not read (Username|Password)",
        r"Permission denied \(",
        "(error:|HTTP) 40[13]",
        "Load key .*: ",
        "Too many authentication failures",
    ),
    "tls": (
        "(?i:SSL certificate|server certificate|certificate verif|SSL_ERROR|SSL peer)",
        "(?i:gnutls_|TLS (alert|connect)|alert (bad|unknown|certificate))",
        "unable to get local issuer|error setting certificate",
        "could not load (PEM )?client certificate|unable to set private key",
    ),
    "rejected": (r"\[rejected\]", "cannot lock ref"),
    "declined": (r"\[remote rejected\]", "denied|not allowed to push|read-only"),
    "redirect": ("unable to update url base from redirection", "(error:|HTTP) 30[1278]"),
    "unknown-ref": (
        "couldn't find remote ref",
        "not our ref",
        "no such remote ref",
        "unadvertised object",
    ),
    "not-found": (
        "(?i:repository ('.*' )?not found)",
        "does not appear to be a git repository",
        "(error:|HTTP) 404",
        "not exported|no such repository|access denied or repository",
    ),
    "too-large": ("signal 25", "File too large", "exceeds maximum", "file write error"),
    "object-format": ("mismatched algorithms: client sha1; server sha256",),
    "server": (r"(error:|HTTP) 5\d\d",),
    "network": (
        "(?i:could not resolve|failed to connect|could not connect|recv failure)",
        "(?i:connection (refused|reset|timed out|closed)|no route to host)",
        "(?i:network is unreachable|operation timed out|empty reply|proxy)",
        "early EOF|hung up|unexpected disconnect|transfer closed|RPC failed",
        "bad packet|protocol error|invalid index-pack output|index-pack failed",
        "not valid: is this a git repository",
    ),
    "corrupt": (
        "loose object|bad object|unable to (read|parse) (tree|object|sha1)",
        "not a git repository|bad (index|config|ref)|shallow (file|line)",
        "is corrupt|packfile .* (cannot|does not)|missing (blob|tree|commit)",
        "did not send all necessary|unresolved delta",
    ),
}
"""What git, curl and ssh write; the first row that fits names the trouble."""

_NEXT_STEP: dict[Trouble, str] = {
    "host-key": "check that 'known_hosts' in the Secret holds the server's current host key",
    "auth": "check the credentials in the Secret, and that they may read this repository",
    "tls": "check 'ca.crt' (and 'tls.crt', 'tls.key') in the Secret, and the server's certificate",
    "redirect": "use the URL that the server redirects to",
    "unknown-ref": "check the reference's spelling, and that it was pushed",
    "not-found": "check the URL, and that the credentials may read this repository",
    "too-large": "keep large files out of the repository",
    "object-format": "SHA-256 repositories are not supported; use one with SHA-1",
    "server": "the server is in trouble; the next attempt may succeed",
    "network": "check the URL, the network and the server; the next attempt may succeed",
    "rejected": "others pushed at the same time: try again",
    "declined": "check the branch's protection rules, and that the credentials may push",
}


def error_from_stderr(stderr: str, subject: str) -> GitError:
    """What ``git`` wrote when it failed, as an error that says what to do about it."""
    trouble = _trouble_in(stderr)
    return GitError(
        _gist(stderr), subject=subject, next_step=_NEXT_STEP.get(trouble, ""), trouble=trouble
    )


def _trouble_in(stderr: str) -> Trouble:
    for trouble, signs in _SIGNS.items():
        if any(re.search(sign, stderr) for sign in signs):
            return trouble
    return "other"


def _gist(stderr: str) -> str:
    """The lines that tell the cause: git's own fatal ones, and what the server or ssh said."""
    lines = [line.strip() for line in stderr.splitlines()]
    telling = [line for line in lines if line and not _NOISE.match(line)]
    return "; ".join(dict.fromkeys(telling[:6])) or "git failed without a word"


_NOISE = re.compile(
    r"hint:|warning: (?!.*host key)|@+$|Please make sure|and the repository exists|It is also possible|"
    r"IT IS POSSIBLE|Someone could be|Please contact|Add correct host key|Offending|Keyboard|"
    r"The fingerprint for|SHA256:|remote: *$|Warning: Permanently"
)
