"""What others wrote, run where it can do no harm: in worker processes, with limits.

``pool.Pool`` keeps worker processes warm and runs functions of Trueup's in them, on bytes. A call
that loops, explodes or crashes ends with ``SandboxError``, which names the limit, and nothing but that
call ends. The calling side is ``pool`` and ``worker``; ``inside`` is what runs in a worker. ``program``
runs somebody else's program once, within the same limits. Nothing is imported here: a worker is to
start quickly.
"""
