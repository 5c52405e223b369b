"""Server-side apply: merging by schema, and keeping track of who owns which field.

Read ``apply`` (the two entry points), then ``updater`` (the rules of ownership), then what these
call: ``combine``, ``compare`` and ``remove`` on values, ``shape`` for how a schema says values
merge, ``managers`` for ``managedFields``. ``projection`` serves the detection of drift.
"""

from trueup.merge.serverside.apply import apply, keep_times_if_unchanged, update
from trueup.merge.serverside.managers import managed_fields_problem
from trueup.merge.serverside.projection import owned_fields, project
from trueup.merge.serverside.reset import reset_fields
from trueup.merge.serverside.scale import entries_of_object, entries_of_scale
from trueup.merge.serverside.typed import TypedError

__all__ = [
    "TypedError",
    "apply",
    "entries_of_object",
    "entries_of_scale",
    "keep_times_if_unchanged",
    "managed_fields_problem",
    "owned_fields",
    "project",
    "reset_fields",
    "update",
]
