"""What every part speaks: object identities, manifests, field paths, conditions, YAML text.

Plain functions on plain data. No I/O, no clock, no knowledge of any dialect.
"""

from trueup.objects.identity import GroupKind, GroupVersionKind, ObjectRef
from trueup.objects.manifest import Manifest

__all__ = ["GroupKind", "GroupVersionKind", "Manifest", "ObjectRef"]
