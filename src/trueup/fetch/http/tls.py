"""Whom a server must be vouched for by, and who we are to it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from tempfile import NamedTemporaryFile

from trueup.errors import InputError


@dataclass(frozen=True, slots=True)
class Tls:
    """Certificates as PEM; without ``ca`` the system's authorities count, with it only that one."""

    ca: str = ""
    certificate: str = ""
    key: str = field(default="", repr=False)
    is_verified: bool = True

    def context(self) -> ssl.SSLContext:
        """Raises InputError for what is no certificate or key."""
        try:
            context = ssl.create_default_context(cadata=self.ca or None)
            if self.certificate:
                _load_chain(context, self.certificate, self.key)
        except (ssl.SSLError, ValueError) as error:
            raise InputError(
                "a certificate or its key is not valid PEM", next_step="check the files given"
            ) from error
        if not self.is_verified:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def _load_chain(context: ssl.SSLContext, certificate: str, key: str) -> None:
    """The library reads files only; this one is gone at once."""
    with NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(f"{certificate}\n{key}\n")
        file.flush()
        context.load_cert_chain(file.name, password=lambda: b"")
