"""The one place that writes to a target.

``StageWalker`` goes through a rendering as far as it goes now; ``Writer`` carries out changes, one
object each, and answers with an ``Outcome``: what was done, or the error that a person can act
on. It decides nothing: ``plan`` does. ``Previewer`` asks the server what would be done.
"""

from trueup.apply.outcome import Done, Outcome
from trueup.apply.owner import Objection, Owner, no_objection
from trueup.apply.preview import Effect, Preview, Previewer
from trueup.apply.stages import Gates, StageWalker, Walk
from trueup.apply.writer import Writer

__all__ = [
    "Done",
    "Effect",
    "Gates",
    "Objection",
    "Outcome",
    "Owner",
    "Preview",
    "Previewer",
    "StageWalker",
    "Walk",
    "Writer",
    "no_objection",
]
