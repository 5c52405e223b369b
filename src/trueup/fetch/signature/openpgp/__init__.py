"""OpenPGP (RFC 9580) as far as detached signatures need it: v4 and v6 keys and signatures.

Judged as ProtonMail's go-crypto does, which Flux uses: self-signatures and cross-signatures must
hold, revocations and expiry count, and a key signs only if it says that it does.
"""

from trueup.fetch.signature.openpgp.detached import find_openpgp_signer

__all__ = ["find_openpgp_signer"]
