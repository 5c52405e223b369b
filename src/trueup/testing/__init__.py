"""Servers and processes for tests, ours and other people's, on loopback.

Git by HTTP and SSH, Trueup itself in a process that can be killed (``up``, ``controller``), a real
Kubernetes API server (``kube``), and faults to put between them. Nothing in the program imports
this package.
"""
