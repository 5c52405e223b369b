"""The values that pass along the data flow, all frozen: start reading here.

::

    Artifact ──render──▶ Desired ──plan──▶ Plan of Changes ──apply──▶ Outcome ──report──▶ Report
                          Live ──────┘ (with what the record remembers)

A ``Delivery`` says what one unit to keep true consists of and by which rules; a dialect makes it
from its custom resource. Nothing here knows which dialect that was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any

import orjson

from trueup.objects import Manifest, ObjectRef
from trueup.tree import Tree


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a source holds at one revision."""

    source: ObjectRef
    revision: str
    """As the dialect writes it: ``main@sha1:<40 hex digits>``."""
    digest: str
    tree: Tree = field(compare=False, repr=False)
    origin_revision: str = ""


class Write(StrEnum):
    """When an object may be written."""

    ALWAYS = "always"
    IF_NOT_PRESENT = "if not present"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Controls:
    """What an object's own labels and annotations say about how it is handled."""

    write: Write = Write.ALWAYS
    take_over: bool = True
    """Whether fields that an imperative client set are taken over before the first apply."""
    prune: bool = True
    recreate: bool = False
    """Whether a change to an immutable field may delete and create the object."""
    may_vanish: bool = False
    """Whether the object removes itself when it is done, so that its absence is no drift."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """How a dialect marks the objects of its deliveries, and how it reads them."""

    manager: str
    """The field manager of every write."""
    label: str
    """A label key that every owned object carries."""
    displaced: tuple[str, ...]
    """Managers, by prefix, whose fields are taken over on adoption."""
    controls: Callable[[Mapping[str, Any]], Controls]
    health: Callable[[Mapping[str, Any], datetime], tuple[str, str]]
    """kstatus' word and a message."""


@dataclass(frozen=True, slots=True)
class Desired:
    """One object as Git wants it, kept as compact bytes."""

    ref: ObjectRef
    body: bytes
    digest: str
    controls: Controls = field(default_factory=Controls)

    @classmethod
    def of(cls, manifest: Manifest, controls: Controls = Controls()) -> Desired:
        body = bytes(memoryview(orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS)))
        return cls(ObjectRef.of(manifest), body, digest_of_bytes(body), controls)

    def manifest(self) -> Manifest:
        decoded: Manifest = orjson.loads(self.body)
        return decoded


@dataclass(frozen=True, slots=True)
class Stage:
    """Objects that may be applied side by side, and what the next stage waits for."""

    name: str
    objects: tuple[Desired, ...]
    gate_seconds: float = 0
    """How long the next stage waits for these to become healthy; 0: it does not wait."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """Everything that one delivery wants, in stages."""

    stages: tuple[Stage, ...]
    digest: str
    """Identifies the rendered content, whatever the revision."""
    confidential: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """Texts that came from Secrets, or from decryption, wherever they stand now: not to be shown
    to anybody."""
    guarded: frozenset[ObjectRef] = field(default=frozenset(), compare=False, repr=False)
    """Objects with decrypted values: of what differs in them only the places are shown."""

    def __iter__(self) -> Any:
        for stage in self.stages:
            yield from stage.objects

    def __len__(self) -> int:
        return sum(len(stage.objects) for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Dependency:
    """Another delivery that must be ready first."""

    ref: ObjectRef
    ready_expression: str = ""


class DeletionPolicy(StrEnum):
    """What becomes of the objects when the delivery itself is deleted."""

    MIRROR_PRUNE = "MirrorPrune"
    DELETE = "Delete"
    WAIT_FOR_TERMINATION = "WaitForTermination"
    ORPHAN = "Orphan"


@dataclass(frozen=True, slots=True)
class HealthRule:
    """CEL expressions that say the health of one kind; they replace the built-in reading."""

    group: str
    kind: str
    """Empty: every kind of the group."""
    current: str
    in_progress: str = ""
    failed: str = ""


@dataclass(frozen=True, slots=True)
class HealthPolicy:
    """Whose health decides about a delivery."""

    wait: bool = False
    """All objects count; otherwise those in ``checks``."""
    checks: tuple[ObjectRef, ...] = ()
    rules: tuple[HealthRule, ...] = ()
    timeout: float = 300
    """Seconds."""

    @property
    def active(self) -> bool:
        return self.wait or bool(self.checks)


@dataclass(frozen=True, slots=True)
class Target:
    """The cluster and the identity that a delivery is applied with."""

    service_account: str = ""
    """``system:serviceaccount:<namespace>:<name>``, or empty for our own identity."""
    access: ObjectRef | None = None
    """A Secret with a kubeconfig, or a ConfigMap with a workload identity; None: the cluster that
    Trueup runs on."""
    kubeconfig_key: str = ""
    default_identity: str = ""
    """The ServiceAccount that is meant if the ConfigMap names none; empty: our own identity."""


Render = Callable[[Tree, Sequence[Manifest]], Rendering]
"""From a tree, and the ConfigMaps and Secrets that the delivery reads, to what it wants."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One unit to keep true. Times are in seconds."""

    ref: ObjectRef
    source: ObjectRef
    path: str
    interval: float
    retry_interval: float
    conventions: Conventions = field(compare=False)
    labels: Mapping[str, str]
    """Put on every object; prune touches nothing that does not carry them."""
    render: Render = field(compare=False)
    render_key: str
    """Identifies everything that ``render`` depends on besides its arguments."""
    inputs: tuple[tuple[ObjectRef, bool], ...] = ()
    """ConfigMaps and Secrets that rendering reads, and whether each may be absent."""
    waits: bool = False
    """Whether rendering may wait for a service that keeps keys."""
    target: Target = Target()
    prune: bool = False
    deletion: DeletionPolicy = DeletionPolicy.MIRROR_PRUNE
    health: HealthPolicy = HealthPolicy()
    depends_on: tuple[Dependency, ...] = ()
    ignored_fields: tuple[IgnoredFields, ...] = ()


@dataclass(frozen=True, slots=True)
class IgnoredFields:
    """Fields whose live value is left alone, as JSON pointers, on the objects that match."""

    paths: tuple[str, ...]
    matches: Callable[[Mapping[str, Any]], bool] = field(compare=False)


def digest_of(value: Any) -> str:
    """A short, stable fingerprint of JSON-like data."""
    return digest_of_bytes(orjson.dumps(value, option=orjson.OPT_SORT_KEYS))


def digest_of_bytes(content: bytes) -> str:
    return blake2b(content, digest_size=12).hexdigest()
