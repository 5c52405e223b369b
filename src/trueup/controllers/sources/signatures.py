"""Whether a checkout is signed as its source demands, and by whom."""

from __future__ import annotations

from collections.abc import Mapping

from trueup.dialects.flux.gitrepository import Verify
from trueup.dialects.flux.gitstatus import Obstacle
from trueup.dialects.flux.names import Condition, Reason
from trueup.errors import VerificationError
from trueup.fetch.git import Checkout, SignedObject
from trueup.fetch.signature import verify_signed

_SSH_KEYS = ".sshpub"


def check_signatures(verify: Verify, checkout: Checkout, keys: Mapping[str, bytes] | None) -> str:
    """What was found good, in words; ``keys`` is the Secret's data. Raises Obstacle."""
    found = []
    if verify.tag:
        tag = _tag(checkout)
        what = f"tag '{checkout.tag}'"
        found.append(_signer(what, tag, keys or {}, Reason.INVALID_TAG_SIGNATURE))
    if verify.commit:
        what = f"commit '{checkout.commit.id}'"
        found.append(_signer(what, checkout.commit, keys or {}, Reason.INVALID_COMMIT_SIGNATURE))
    return "verified signature of\n" + "\n".join(f"\t- {line}" for line in found)


def _tag(checkout: Checkout) -> SignedObject:
    if checkout.tag is None:
        raise _refused(
            "cannot verify tag object's signature if a tag reference is not specified",
            Reason.INVALID_VERIFICATION_MODE,
            stalled=True,
        )
    if checkout.tag.signed is None or not checkout.tag.signed.signature:
        raise _refused(
            f"cannot verify signature of tag '{checkout.tag}' since it is not signed",
            Reason.INVALID_GIT_OBJECT,
        )
    return checkout.tag.signed


def _signer(what: str, signed: SignedObject, keys: Mapping[str, bytes], reason: str) -> str:
    texts = {name: value.decode("utf-8", "replace") for name, value in keys.items()}
    ssh = [text for name, text in texts.items() if name.endswith(_SSH_KEYS)]
    rings = [text for name, text in texts.items() if not name.endswith(_SSH_KEYS)]
    try:
        by = verify_signed(signed.payload, signed.signature, key_rings=rings, authorized_keys=ssh)
    except VerificationError as error:
        cause = f"signature verification of {what} failed: {error}"
        if not signed.signature:
            cause += "; it is not signed: sign it with a key that the Secret in spec.verify trusts"
        raise _refused(cause, reason) from error
    return f"{what} with key '{by.key}'"


def _refused(cause: str, reason: str, *, stalled: bool = False) -> Obstacle:
    return Obstacle(cause, reason, condition=Condition.SOURCE_VERIFIED, stalled=stalled)
