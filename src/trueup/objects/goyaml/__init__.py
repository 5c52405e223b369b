"""YAML as go-yaml's third version reads and writes it, comments and styles kept.

``tokens`` scans, ``nodes`` composes, each comment at the node that go-yaml gives it to; ``emitter``
prints, in the ``styles`` that go-yaml chooses. What needs no comments is read and written faster by
``trueup.objects.yaml``, in the form of ``sigs.k8s.io/yaml``.
"""
