"""Kubernetes' protobuf form of the built-in kinds, read into what JSON would have said.

kubectl and other Go clients send it for built-in kinds; answers are always JSON, which they take
as well. ``decode`` is the way in; ``fields.json`` is made by ``scripts/protobuf_fields``.
"""

from trueup.controlplane.protobuf.decode import MEDIA_TYPE, decode

__all__ = ["MEDIA_TYPE", "decode"]
