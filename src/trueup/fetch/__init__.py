"""The first verb: sources become artifacts, a revision and an immutable Tree.

One package per kind of source (``git``, ``oci``, ``charts``), what two of them ask with (``http``),
what judges a source's word (``signature``), which files of it count (``ignore``), and which versions
a range allows (``semver``). Here the network and the disk are touched; what comes out is
plain values. Nothing here knows a Kubernetes object or a dialect.
"""
