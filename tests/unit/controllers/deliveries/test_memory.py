"""Records are written over whatever is there: our own copy is the truth."""

from __future__ import annotations

from tests.unit.controllers.conftest import KUSTOMIZATION, Stage, ref_of
from trueup.controllers.deliveries.memory import Memory
from trueup.objects import Manifest, ObjectRef
from trueup.report import AppliedObject, DeliveryRecord


async def delivery(stage: Stage) -> Manifest:
    await stage.source()
    await stage.delivery(suspend=True)
    return await stage.person.get(ref_of(KUSTOMIZATION, "app"))


def naming(delivery: Manifest, name: str) -> DeliveryRecord:
    applied = AppliedObject(f"default_{name}__ConfigMap", "v1", "uid", "sent", "live")
    uid = delivery["metadata"]["uid"]
    return DeliveryRecord(ObjectRef.of(delivery), uid, objects=(applied,))


async def stored(stage: Stage, memory: Memory, record: DeliveryRecord) -> DeliveryRecord:
    memory.change(record)
    await memory.store(record.delivery)
    return DeliveryRecord.from_manifest(await stage.person.get(record.ref))


async def test_a_record_is_written_again_and_again(stage: Stage) -> None:
    found, memory = await delivery(stage), Memory(stage.person)
    for name in ("a", "b", "c"):
        assert await stored(stage, memory, naming(found, name)) == naming(found, name)


async def test_a_record_that_somebody_changed_is_written_over(stage: Stage) -> None:
    found, memory = await delivery(stage), Memory(stage.person)
    record = await stored(stage, memory, naming(found, "a"))
    await stage.patch(record.ref, {"metadata": {"labels": {"by": "someone"}}})
    assert await stored(stage, memory, naming(found, "b")) == naming(found, "b")


async def test_a_record_that_somebody_deleted_is_made_anew(stage: Stage) -> None:
    found, memory = await delivery(stage), Memory(stage.person)
    record = await stored(stage, memory, naming(found, "a"))
    await stage.person.delete(record.ref)
    assert await stored(stage, memory, naming(found, "b")) == naming(found, "b")


async def test_a_record_that_is_there_unknown_to_us_is_written_over(stage: Stage) -> None:
    found = await delivery(stage)
    await stored(stage, Memory(stage.person), naming(found, "a"))
    assert await stored(stage, Memory(stage.person), naming(found, "b")) == naming(found, "b")
