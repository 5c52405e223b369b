"""The Kubernetes API on the wire: paths, media types, statuses and streams.

``server`` is the whole of it as one function from Request to Response; ``asgi`` puts a socket in
front. What the verbs do to objects is the registry's.
"""
