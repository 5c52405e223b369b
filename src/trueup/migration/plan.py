"""What a migration is made of, as values that can be shown before anything is done."""

from __future__ import annotations

from dataclasses import dataclass

from trueup.migration.holdings import Holding
from trueup.objects import Manifest, ObjectRef
from trueup.report import DeliveryRecord


@dataclass(frozen=True, slots=True)
class ScaleDown:
    """Stop a controller; the note on it says how it was."""

    ref: ObjectRef
    patch: Manifest

    def __str__(self) -> str:
        return f"scale down  {self.ref}"


@dataclass(frozen=True, slots=True)
class ScaleUp:
    """Start again a controller that a migration stopped."""

    ref: ObjectRef
    patch: Manifest

    def __str__(self) -> str:
        return f"scale up    {self.ref}, to {self.patch['spec']['replicas']}"


@dataclass(frozen=True, slots=True)
class Define:
    """Have the kind of Trueup's records served."""

    definition: Manifest

    def __str__(self) -> str:
        return f"define      {self.definition['metadata']['name']}"


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Note, in a record, what Flux has delivered."""

    resource: Manifest
    holdings: tuple[Holding, ...]

    @property
    def left(self) -> list[Holding]:
        return [holding for holding in self.holdings if holding.why_left]

    def __str__(self) -> str:
        taken = len(self.holdings) - len(self.left)
        lines = [f"take over   {ObjectRef.of(self.resource)}: {_objects(taken)}"]
        if mended := sum(bool(holding.patch) for holding in self.holdings):
            lines.append(f"            {_objects(mended)} applied before server-side apply: mend")
        lines += [f"            leave {holding.ref}: {holding.why_left}" for holding in self.left]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete the record of a delivery; what was delivered stays."""

    record: DeliveryRecord

    def __str__(self) -> str:
        return f"forget      {self.record.ref}"


Step = ScaleDown | ScaleUp | Define | TakeOver | Forget


@dataclass(frozen=True, slots=True)
class Plan:
    """``first`` comes first, and the rest is planned anew once it has worked."""

    first: tuple[Define | ScaleDown, ...] = ()
    steps: tuple[Step, ...] = ()
    alive: tuple[str, ...] = ()
    """Who still works on the resources."""
    unserved: tuple[str, ...] = ()
    """What nobody would keep true any more."""

    def __str__(self) -> str:
        unserved = [f"not served  {what}" for what in self.unserved]
        return "\n".join([*unserved, *map(str, (*self.first, *self.steps))])


def _objects(number: int) -> str:
    return "1 object" if number == 1 else f"{number} objects"
