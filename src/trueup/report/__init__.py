"""What happened, in a form that outlives the moment: records, and the definitions of their kinds.

Pure values and their manifests. Writing them to an API server, and a dialect's own status,
belong to the controllers and the dialects.
"""

from trueup.report.entries import (
    AppliedObject,
    ChangeCounts,
    Drift,
    DriftAction,
    DriftedField,
    DriftType,
    FieldManager,
    HistoryEntry,
)
from trueup.report.record import RECORD, DeliveryRecord, record_of, record_ref

__all__ = [
    "RECORD",
    "AppliedObject",
    "ChangeCounts",
    "DeliveryRecord",
    "Drift",
    "DriftAction",
    "DriftType",
    "DriftedField",
    "FieldManager",
    "HistoryEntry",
    "record_of",
    "record_ref",
]
