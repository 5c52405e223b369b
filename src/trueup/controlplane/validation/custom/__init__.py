"""Custom resources: pruned, defaulted and validated by the schema in their definition.

The counterpart is k8s.io/apiextensions-apiserver. ``kind`` puts the parts together for one
version of a kind; ``definition`` judges the definitions themselves.
"""
