"""What a kustomization does to the resources it has collected: one module per transformer.

A transformer is a function from a ``ResMap`` and its arguments; it changes the resources in place.
"""
