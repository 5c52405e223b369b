"""A read-only tree of files: all that a renderer sees.

``Tree`` is the interface; ``MemoryTree`` and ``FolderTree`` are here, the Git tree is in
``fetch.git``. ``RecordingTree`` notes what was read, also what was looked for and not found;
``OverlayTree`` lays files over a tree, ``FilteredTree`` hides some, and ``BoundedTree`` gives out
only so much of one; ``StillTree`` looks at it once; ``archive`` unpacks into memory.
Paths are relative, with ``/``; they and every symlink stay inside the tree.
"""

from trueup.tree.bounds import BoundedTree, Bounds
from trueup.tree.filter import FilteredTree
from trueup.tree.folder import FolderTree
from trueup.tree.memory import MemoryTree
from trueup.tree.overlay import OverlayTree
from trueup.tree.record import Difference, Reads, RecordingTree, is_current
from trueup.tree.still import StillTree
from trueup.tree.tree import Entry, Tree, clean_path

__all__ = [
    "BoundedTree",
    "Bounds",
    "Difference",
    "Entry",
    "FilteredTree",
    "FolderTree",
    "MemoryTree",
    "OverlayTree",
    "Reads",
    "RecordingTree",
    "StillTree",
    "Tree",
    "clean_path",
    "is_current",
]
