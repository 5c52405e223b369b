"""Objects as bytes with a global revision, durable in SQLite, watched from memory.

Nothing here knows Kubernetes' rules: a bucket holds keys, a key holds bytes and labels, and each
change has the next revision. Only the registry uses this package.
"""

from trueup.controlplane.store.bucket import Bucket, Expired
from trueup.controlplane.store.entry import Change, Entry
from trueup.controlplane.store.store import Stale, Store, Then
from trueup.controlplane.store.watch import Watch

__all__ = ["Bucket", "Change", "Entry", "Expired", "Stale", "Store", "Then", "Watch"]
