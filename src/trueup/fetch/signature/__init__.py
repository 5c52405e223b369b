"""Signatures of commits, tags and charts: who signed these bytes, and is it one of the trusted keys?

OpenPGP (RFC 9580) and SSH (PROTOCOL.sshsig) are read here, on plain bytes, and judged by the rules
of the libraries that Flux uses; the mathematics is the ``cryptography`` package's. No key server,
no web of trust, no agent, no other program. Why not gpg: docs/decisions, "signatures".
"""

from trueup.fetch.signature.verify import (
    Kind,
    Verified,
    kind_of,
    verify,
    verify_clearsigned,
    verify_signed,
)

__all__ = ["Kind", "Verified", "kind_of", "verify", "verify_clearsigned", "verify_signed"]
