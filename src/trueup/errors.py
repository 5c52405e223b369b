"""Every error that Trueup raises on purpose.

::

    TrueupError                 subject, cause and next step, in words for the person who reads it
    ├── InputError              what somebody wrote is wrong; trying again does not help
    │   ├── YamlError           a document does not parse, or breaks Kubernetes' YAML rules
    │   ├── TreeError           a path is missing, leaves its tree, or is not what it should be
    │   ├── RenderError         a renderer refuses its input
    │   ├── DecryptionError     an encrypted file has no key here, or was changed
    │   ├── SubstitutionError   a variable reference is malformed or unset
    │   ├── ExpressionError     a CEL expression does not compile or evaluate
    │   ├── SandboxError        code in a worker process hit a limit, or the worker died
    │   ├── CycleError          dependencies form a cycle
    │   └── AccessDenied        a reference to what the tenant may not use
    ├── MissingExtra            an optional part of Trueup is needed, and not installed
    ├── FetchError              a source cannot be reached or read now
    ├── StoreError              the control plane's database cannot be used
    ├── VerificationError       a signature is missing or not by a trusted key
    └── ApiError                the Kubernetes API refused; one class per answer that is handled
        ├── NotFound · AlreadyExists · Conflict · Invalid · Forbidden · Unauthorized
        ├── Gone                the requested resourceVersion has expired
        ├── TooManyRequests     the server wants to be asked later
        └── Unavailable         no answer, or a 5xx: try again
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printable(text: str) -> str:
    """``text`` without what would control a terminal: names and answers are other people's."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


class TrueupError(Exception):
    """An error with a subject (file or object), a cause and, where one is known, a next step."""

    def __init__(self, cause: str, *, subject: str = "", next_step: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.subject = subject
        self.next_step = next_step

    def __str__(self) -> str:
        text = f"{self.subject}: {self.cause}" if self.subject else self.cause
        return printable(f"{text}; {self.next_step}" if self.next_step else text)


def place_of(error: Exception) -> str:
    """Where ``error`` came up, for a log: lines of code and its type, without its text."""
    lines = traceback.format_tb(error.__traceback__)
    return f"{''.join(lines)}{type(error).__name__}"


def of_defect(error: Exception, doing: str) -> TrueupError:
    """What to tell of an ``error`` that nobody foresaw, which met who was ``doing`` something.

    Its text is left out: it may hold anything. The system's own words hold nothing.
    """
    if isinstance(error, OSError) and error.strerror:
        step = "look at the machine that Trueup runs on"
        return TrueupError(f"{doing} failed: {error.strerror}", next_step=step)
    return TrueupError(
        f"{doing} failed for a reason unknown to Trueup ({type(error).__name__})",
        next_step="report it with what the log says",
    )


class InputError(TrueupError):
    """What somebody wrote is wrong; trying again without a change does not help."""


class YamlError(InputError):
    """A document does not parse, or breaks Kubernetes' YAML rules."""


class TreeError(InputError):
    """A path is missing from a tree, leaves it, or is not what it should be."""


class RenderError(InputError):
    """A renderer refuses its input."""


class DecryptionError(InputError):
    """An encrypted file is malformed or was changed, or no key opens it; never holds a value."""


class SubstitutionError(InputError):
    """A variable reference is malformed, or unset in strict mode."""


class ExpressionError(InputError):
    """A CEL expression does not compile or does not evaluate; ``subject`` is its text.

    ``place`` is where in the text, as line and column counted from 1, where that is known.
    """

    place: tuple[int, int] | None = None


class SandboxError(InputError):
    """Code that others wrote, run in a worker process, hit a limit or took the worker down.

    ``limit`` is the one that was hit (wall clock, CPU time, memory, output); empty for a crash.
    """

    def __init__(
        self, cause: str, *, subject: str = "", next_step: str = "", limit: str = ""
    ) -> None:
        super().__init__(cause, subject=subject, next_step=next_step)
        self.limit = limit


class CycleError(InputError):
    """Dependencies form a cycle; the cause names its members in order."""


class AccessDenied(InputError):
    """A resource refers to what it may not use."""


class MissingExtra(TrueupError):
    """An optional part of Trueup is needed, and not installed; the next step names it."""


class FetchError(TrueupError):
    """A source cannot be reached or read now; the last good artifact stays."""


class StoreError(TrueupError):
    """The control plane's database is in use by another process, damaged, or cannot be written."""


class VerificationError(TrueupError):
    """A signature is missing, broken, or not made by a trusted key."""


class ApiError(TrueupError):
    """An answer of the Kubernetes API other than success.

    ``code`` is the HTTP status, ``reason`` and ``details`` those of the ``Status`` body
    (https://kubernetes.io/docs/reference/generated/kubernetes-api/: Status v1 meta).
    """

    code = 500
    reason = "InternalError"

    def __init__(
        self,
        message: str,
        *,
        code: int | None = None,
        reason: str | None = None,
        details: Mapping[str, Any] | None = None,
        subject: str = "",
    ) -> None:
        super().__init__(message, subject=subject)
        self.code = code if code is not None else type(self).code
        self.reason = reason if reason is not None else type(self).reason
        self.details: dict[str, Any] = dict(details or {})
        after = self.details.get("retryAfterSeconds")
        self.retry_after = float(after) if isinstance(after, int | float) else 0.0
        """Seconds after which the server wants to be asked again; 0: it did not say."""

    @property
    def causes(self) -> list[dict[str, Any]]:
        """The field-level causes: ``[{"reason", "message", "field"}]``."""
        return list(self.details.get("causes") or ())


class BadRequest(ApiError):
    """The request itself makes no sense."""

    code, reason = 400, "BadRequest"


class Unauthorized(ApiError):
    """The server does not know who asks."""

    code, reason = 401, "Unauthorized"


class Forbidden(ApiError):
    """Who asks may not do this."""

    code, reason = 403, "Forbidden"


class NotFound(ApiError):
    """There is no such object, or no such kind."""

    code, reason = 404, "NotFound"


class MethodNotAllowed(ApiError):
    """The resource does not know this verb."""

    code, reason = 405, "MethodNotAllowed"


class AlreadyExists(ApiError):
    """An object of that name is there."""

    code, reason = 409, "AlreadyExists"


class Conflict(ApiError):
    """Somebody else changed the object, or owns the field."""

    code, reason = 409, "Conflict"


class Gone(ApiError):
    """The requested resourceVersion or continue token has expired: list again."""

    code, reason = 410, "Expired"
    list_metadata: Mapping[str, Any] = MappingProxyType({})
    """Where a list that cannot go on may begin anew: the ``metadata`` of the ``Status`` body."""


class UnsupportedMediaType(ApiError):
    """The body is of a type that is not read here."""

    code, reason = 415, "UnsupportedMediaType"


class Invalid(ApiError):
    """The object breaks a rule of its kind; ``causes`` name the fields."""

    code, reason = 422, "Invalid"


class TooManyRequests(ApiError):
    """The server wants to be asked later."""

    code, reason = 429, "TooManyRequests"


class Unavailable(ApiError):
    """No answer, or a 5xx: the same call may succeed later."""

    code, reason = 503, "ServiceUnavailable"
