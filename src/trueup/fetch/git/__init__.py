"""Git as a source: remotes, references, a bare cache per URL, and trees read from it.

``GitCache`` is the door: ``resolve`` asks a remote what a reference means now, ``fetch`` brings
that commit into the cache, ``open`` finds it there again without the network. A ``Checkout`` is
what comes out: the revision as Flux writes it, a ``GitTree``, and what is needed to verify
signatures. ``revert_and_push`` and ``publish`` are the only writers.

The network is the ``git`` binary's, in a process of its own that can be killed; all reads are
libgit2's, in this process. Nothing here knows a Kubernetes object.
"""

from trueup.fetch.git.cache import GitCache
from trueup.fetch.git.checkout import Checkout, SignedObject, TagObject
from trueup.fetch.git.credentials import Credentials, Proxy
from trueup.fetch.git.errors import GitError
from trueup.fetch.git.publish import Published, publish
from trueup.fetch.git.pushing import Author
from trueup.fetch.git.reference import Reference, Revision
from trueup.fetch.git.remote import Remote
from trueup.fetch.git.reversal import Reversal, Stretch, TakenBack
from trueup.fetch.git.revert import Reverted, plan_revert, revert_and_push
from trueup.fetch.git.tree import GitTree

__all__ = [
    "Author",
    "Checkout",
    "Credentials",
    "GitCache",
    "GitError",
    "GitTree",
    "Proxy",
    "Published",
    "Reference",
    "Remote",
    "Reversal",
    "Reverted",
    "Revision",
    "SignedObject",
    "Stretch",
    "TagObject",
    "TakenBack",
    "plan_revert",
    "publish",
    "revert_and_push",
]
