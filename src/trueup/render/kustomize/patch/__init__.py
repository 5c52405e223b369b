"""Patches: kustomize's strategic merge, JSON 6902, and which list elements belong together."""
