"""The first verb: sources become artifacts, a revision and an immutable Tree.

One package per kind of source (``git``), what judges a source's word (``signature``), and which
files of it count (``ignore``). Here the network and the disk are touched; what comes out is
plain values. Nothing here knows a Kubernetes object or a dialect.
"""
