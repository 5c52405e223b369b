"""What ``build``, ``build-many``, ``validate`` and their like share: a place and flags to objects.

``place`` finds what is to be rendered, ``dispatch`` chooses what renders it. Each renderer is a
module with ``options``, a decorator that adds its flags to a command, and
``render(place, flags) -> Rendered``: ``kustomize``, ``helm``, ``directory``, ``jsonnet``, ``flux``.
"""
