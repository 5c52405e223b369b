"""What to do, decided from what is wanted, what is live and what is remembered.

Pure functions on plain values: no client, no clock. ``decide`` is the heart: one object's change.
``prune`` says what to delete and, as important, what not. ``diff`` and ``mask`` make changes
readable without showing a secret.
"""
