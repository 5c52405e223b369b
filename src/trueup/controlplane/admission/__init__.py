"""Admission by what users configure: webhooks, and policies written in CEL.

``Chain`` is the door: the registry asks it to change what is about to be written, and later whether
it may be. Matching and judging are plain functions; only ``sender`` speaks over the network.
What the server itself demands of a write is in ``registry/admission.py``.
"""
