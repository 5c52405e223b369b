"""Flux's resources: what their fields mean, how their objects are marked, what their status says.

``names`` holds every word, ``crds`` the definitions. ``gitrepository`` and ``kustomization`` read
specs, ``generate``, ``build`` and ``postbuild`` render as Flux does, ``status`` writes the answer.
"""
