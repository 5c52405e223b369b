"""A ring of keys: whoever can open a data key with what was given."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from types import TracebackType
from typing import Any, Final

from trueup.errors import DecryptionError, MissingExtra, TrueupError, Unavailable
from trueup.keys.material import KeyMaterial
from trueup.render.sops import MasterKey

Open = Callable[[MasterKey], bytes]

_MODULES: Final = {
    "age": "age",
    "pgp": "pgp",
    "kms": "aws",
    "azure_kv": "azure",
    "gcp_kms": "gcp",
    "hc_vault": "vault",
}
"""Kind of master key -> module with ``opener(material)``, loaded when it is first needed."""

_EXTRAS: Final = frozenset({"aws", "azure", "gcp"})

MAX_SECONDS: Final = 30.0
"""For all keys of one rendering together: files may name as many services as they like."""


class KeyRing:
    """``DataKeys`` of what ``material`` holds. To be closed: gpg leaves an agent behind otherwise.

    Each data key is asked for once, also where that fails: a service that refuses is not asked
    again for every file. For one thread at a time. ``steady`` gives seconds.
    """

    def __init__(self, material: KeyMaterial, steady: Callable[[], float] = time.monotonic) -> None:
        self._material = material
        self._steady = steady
        self._spent = 0.0
        self._openers: dict[str, Any] = {}
        self._opened: dict[tuple[str, str], bytes | TrueupError] = {}

    def open(self, key: MasterKey) -> bytes:
        """Raises TrueupError where ``key`` cannot be used; its words hold no key."""
        name = (str(key), key.enc)
        if name not in self._opened:
            begun = self._steady()
            try:
                self._opened[name] = self._ask(key)
            except TrueupError as error:
                self._opened[name] = error
            self._spent += self._steady() - begun
        found = self._opened[name]
        if isinstance(found, TrueupError):
            raise found
        return found

    def _ask(self, key: MasterKey) -> bytes:
        if self._spent > MAX_SECONDS:
            raise Unavailable(f"other keys have taken more than {MAX_SECONDS:.0f} s already")
        return self._opener(key.kind)(key)

    def _opener(self, kind: str) -> Open:
        if kind not in self._openers:
            self._openers[kind] = self._load(kind)
        found: Open = self._openers[kind]
        return found

    def _load(self, kind: str) -> Open:
        name = _MODULES.get(kind)
        if name is None:
            raise DecryptionError("keys of this kind are not supported")
        try:
            module = import_module(f"trueup.keys.{name}")
        except ImportError as error:
            if name not in _EXTRAS:
                raise
            library = (error.name or "").partition(".")[0]
            raise MissingExtra(
                f"needs {library}, which is not installed", next_step=f"install trueup[{name}]"
            ) from error
        opener: Open = module.opener(self._material)
        return opener

    def close(self) -> None:
        """Forget everything, and end what was started."""
        for opener in self._openers.values():
            end = getattr(opener, "close", None)
            if end is not None:
                end()
        self._openers, self._opened = {}, {}

    def __enter__(self) -> KeyRing:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
