"""Variables in text, ``${name}`` and the operators of a shell, by the rules of Flux's envsubst.

Taken from fluxcd/pkg/envsubst (a fork of drone/envsubst), whose oddities are part of what
people's manifests rely on: lengths and offsets count bytes, ``:+`` and ``:?`` supply a default
like ``:-`` does, ``$name`` without braces is plain text, and ``$$`` outside of braces stands
for ``$``. Pure: text and variables in, text out.
"""

from trueup.render.substitute.evaluate import expand, substitute

__all__ = ["expand", "substitute"]
