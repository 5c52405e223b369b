"""Observing live objects: their health and, from what the API server records, their drift.

Pure functions on manifests: no I/O, no clock (what depends on the time takes it as an argument).
``health`` says how an object fares; readers of drift live beside it.
"""
