"""The embedded control plane: an API server that speaks the Kubernetes API, on SQLite.

``store`` keeps bytes and revisions, ``resources`` knows what is served, ``registry`` does what a
verb means, ``auth`` says who may, ``discovery`` describes it, ``http`` speaks it. ``handle`` of
``ControlPlane`` is the whole server as one function from request to response; sockets are an
adapter around it, so controllers in the process and kubectl outside share one code path.

It serves trying out, tests, previews and small control planes; it is not a rival of Kubernetes.
"""
