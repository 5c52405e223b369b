"""What a record remembers: it comes back as it was written, and never outgrows its bounds."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.objects import ObjectRef
from trueup.report.entries import (
    MAX_FIELDS,
    AppliedObject,
    ChangeCounts,
    Drift,
    DriftedField,
    FieldManager,
    HistoryEntry,
)
from trueup.report.record import (
    MAX_BYTES,
    MAX_DRIFTS,
    MAX_HISTORY,
    MAX_OBJECT_BYTES,
    DeliveryRecord,
    record_of,
    record_ref,
)

DELIVERY = ObjectRef("x.io", "Kustomization", "flux-system", "apps", "v1")
WEB = ObjectRef("apps", "Deployment", "apps", "web", "v1")
EMPTY = DeliveryRecord(DELIVERY, "1")

TEXT = st.text(max_size=30)
HUGE = st.sampled_from(["", "x", "é" * 3000, "\\" * 3000])
FIELDS = st.builds(DriftedField.between, HUGE, HUGE, st.none() | HUGE)
MANAGERS = st.builds(FieldManager, TEXT, TEXT, TEXT, TEXT)
DRIFTS = st.builds(
    Drift,
    time=st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]),
    object=st.just(WEB),
    type=st.sampled_from(["Changed", "Deleted", "Replaced"]),
    action=st.sampled_from(["Corrected", "Failed"]),
    fields=st.lists(FIELDS, max_size=MAX_FIELDS + 5).map(tuple),
    managers=st.lists(MANAGERS, max_size=2).map(tuple),
    message=HUGE,
)
ENTRIES = st.builds(
    HistoryEntry,
    revision=TEXT,
    started_at=TEXT,
    finished_at=TEXT,
    cause=TEXT,
    result=TEXT,
    message=HUGE,
    changes=st.builds(ChangeCounts, st.integers(0, 5), st.integers(0, 5)),
    objects=st.lists(TEXT, max_size=60).map(tuple),
    origin_revision=TEXT,
)
OBJECTS = st.builds(AppliedObject, TEXT.filter(bool), TEXT, TEXT, TEXT, TEXT)


@given(st.lists(OBJECTS, max_size=4), st.lists(ENTRIES, max_size=3), st.lists(DRIFTS, max_size=3))
def test_a_record_comes_back_as_it_was_written(
    objects: list[AppliedObject], history: list[HistoryEntry], drifts: list[Drift]
) -> None:
    record = EMPTY.with_objects(objects)
    for entry in history:
        record = record.with_history(entry)
    for drift in drifts:
        record = record.with_drift(drift)
    stored = orjson.loads(orjson.dumps(record.to_manifest()))
    assert DeliveryRecord.from_manifest(stored) == record


@pytest.mark.parametrize("text", ["", "\\" * 3000], ids=["short", "long"])
def test_a_record_never_outgrows_its_bounds(text: str) -> None:
    record = EMPTY
    fields = (DriftedField.between(text, text, text),) * 30
    for number in range(MAX_DRIFTS + 5):
        ref = ObjectRef("apps", "Deployment", "apps", f"web-{number}", "v1")
        record = record.with_drift(Drift("t", ref, "Changed", "Failed", fields, message=text))
        record = record.with_history(
            HistoryEntry("r", "t", "t", "c", "Failed", text, objects=(text,))
        )
    written = record.to_manifest()
    assert 0 < len(written["drifts"]) <= MAX_DRIFTS
    assert 0 < len(written["history"]) <= MAX_HISTORY
    assert len(orjson.dumps(written)) < 3 * MAX_BYTES


def drift(time: str, *, found: str = "2", manager: str = "kubectl", when: str = "") -> Drift:
    fields = (DriftedField(".spec.replicas", "1", found),)
    return Drift(
        time, WEB, "Changed", "Corrected", fields, (FieldManager(manager, "Update", when),)
    )


def test_a_drift_that_comes_back_is_counted_and_moves_to_the_front() -> None:
    record = EMPTY.with_drift(drift("t1")).with_drift(drift("t2", found="3"))
    record = record.with_drift(drift("t3", when="another time"))
    assert [(d.time, d.first_time, d.count) for d in record.drifts] == [
        ("t3", "t1", 2),
        ("t2", "", 1),
    ]


def test_a_drift_by_other_hands_is_another_drift() -> None:
    record = EMPTY.with_drift(drift("t1")).with_drift(drift("t2", manager="helm"))
    assert [d.count for d in record.drifts] == [1, 1]


def test_the_newest_is_always_kept_however_large() -> None:
    huge = DriftedField.between("." + "x" * 5000, "y" * 5000, "z" * 5000)
    entry = Drift("t", WEB, "Changed", "Corrected", (huge,) * 100, message="m" * 100_000)
    (kept,) = EMPTY.with_drift(entry).drifts
    assert len(orjson.dumps(kept.to_json())) < 50_000


def test_objects_are_kept_in_the_order_of_their_ids() -> None:
    record = EMPTY.with_objects([AppliedObject("b", "v1"), AppliedObject("a", "v1")])
    assert [item.id for item in record.objects] == ["a", "b"]


def test_the_record_of_an_earlier_delivery_of_that_name_does_not_count() -> None:
    stored = EMPTY.with_history(HistoryEntry("r", "", "", "", "Applied")).to_manifest()
    live = {"apiVersion": "x.io/v1", "kind": "Kustomization", "metadata": {"name": "apps"}}
    again = {**live, "metadata": {"name": "apps", "namespace": "flux-system", "uid": "2"}}
    assert record_of(stored, again).history == ()


def test_long_names_of_two_deliveries_lead_to_two_records() -> None:
    refs = [ObjectRef("x.io", "Kustomization", "a", "x" * 250 + end) for end in ("1", "2")]
    names = {record_ref(ref).name for ref in refs}
    assert len(names) == 2
    assert all(len(name) <= 253 for name in names)


def applied(count: int) -> list[AppliedObject]:
    digest, uid = "0" * 24, "0" * 36
    ids = (f"team-{n:06}_a-config-map-with-a-name-{n}__ConfigMap" for n in range(count))
    return [AppliedObject(each, "v1", uid, digest, digest) for each in ids]


def test_a_record_of_very_many_objects_has_those_that_fit_and_says_how_many_do_not() -> None:
    manifest = EMPTY.with_objects(applied(10_000)).to_manifest()
    assert len(orjson.dumps(manifest["objects"])) <= MAX_OBJECT_BYTES
    assert len(manifest["objects"]) > 3_000
    assert len(manifest["objects"]) + manifest["omittedObjects"] == 10_000


def test_a_record_that_has_all_objects_omits_none() -> None:
    assert "omittedObjects" not in EMPTY.with_objects(applied(100)).to_manifest()


def test_all_of_very_many_objects_are_remembered_by_whoever_applied_them() -> None:
    assert len(EMPTY.with_objects(applied(10_000)).objects) == 10_000
