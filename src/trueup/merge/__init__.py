"""How two versions of an object become one.

``fieldset`` is a set of field paths with its algebra; ``serverside`` merges by schema and keeps
track of owners; ``strategic``, ``jsonmerge`` and ``jsonpatch`` apply the three types of patches.
Pure functions; the API server and the engine call the same ones.
"""
