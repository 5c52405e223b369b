"""Observing live objects: their health and, from what the API server records, their drift.

``health`` says how an object fares, ``fingerprint`` and ``drift`` what of it is ours and differs,
``fights`` when to stop putting it back at once: pure functions on manifests, which take the time as
an argument. ``watches`` is the one edge: it knows by watches what is live in one cluster.
"""
