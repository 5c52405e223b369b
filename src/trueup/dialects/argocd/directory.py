"""What Argo CD has its own word for in a directory of manifests."""

SKIP_MARKER = "+argocd:skip-file-rendering"
"""A file that has this anywhere in it is not rendered."""
