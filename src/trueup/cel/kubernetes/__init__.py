"""The functions that Kubernetes adds to CEL (https://kubernetes.io/docs/reference/using-api/cel/).

One module per library; each declares its functions when imported.
"""

from trueup.cel.kubernetes import (
    addresses,
    authorization,
    formats,
    formatting,
    lists,
    networks,
    patterns,
    quantities,
    urls,
    versions,
)

__all__ = [
    "addresses",
    "authorization",
    "formats",
    "formatting",
    "lists",
    "networks",
    "patterns",
    "quantities",
    "urls",
    "versions",
]
