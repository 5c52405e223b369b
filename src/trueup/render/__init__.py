"""The second verb: a Tree becomes the objects that somebody wants.

One package per renderer (``kustomize``), and what fills variables (``substitute``). Pure: files are
read through ``Tree`` only, and nothing here knows a cluster or a dialect.
"""
