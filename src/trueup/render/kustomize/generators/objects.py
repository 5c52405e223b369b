"""The ConfigMap or Secret of one generator."""

from __future__ import annotations

import base64

from trueup.errors import RenderError
from trueup.render.kustomize.generators.pairs import load_pairs
from trueup.render.kustomize.kustomization import GeneratorArgs, GeneratorOptions, SecretArgs
from trueup.render.kustomize.loader import Loader
from trueup.render.kustomize.nodes import BOOL, Node, Plain, Quoted, new_key, string
from trueup.render.kustomize.resource import BEHAVIOR, ENABLED, NEEDS_HASH, Resource

_LINE = 70
"""Length of a line of base64, as kustomize breaks it."""
_BEHAVIORS = ("create", "replace", "merge")


def generate(args: GeneratorArgs, loader: Loader, shared: GeneratorOptions | None) -> Resource:
    """The object that ``args`` describes; ``shared`` are the ``generatorOptions``."""
    kind = "Secret" if isinstance(args, SecretArgs) else "ConfigMap"
    if not args.name:
        raise RenderError(f"a generated {kind} has no name", next_step="give it one")
    options = _merged(args.options, shared)
    metadata: dict[str, Node] = {"name": args.name}
    body: dict[str, Node] = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
    if args.namespace:
        metadata["namespace"] = args.namespace
    pairs = load_pairs(args, loader)
    if isinstance(args, SecretArgs):
        body["type"] = args.type or "Opaque"
        body["data"] = {new_key(key): _value(_base64(pairs[key])) for key in sorted(pairs)}
    else:
        for key in sorted(pairs):
            field, value = _config_value(pairs[key])
            body.setdefault(field, {})[new_key(key)] = _value(value)
    if options.labels:
        metadata["labels"] = {new_key(key): Quoted(text) for key, text in options.labels.items()}
    if options.annotations:
        notes = options.annotations.items()
        metadata["annotations"] = {new_key(key): string(text) for key, text in notes}
    if options.immutable:
        body["immutable"] = Plain("true", BOOL)
    resource = Resource(body)
    if not options.disable_name_suffix_hash:
        resource.annotate(NEEDS_HASH, ENABLED)
    resource.annotate(BEHAVIOR, args.behavior if args.behavior in _BEHAVIORS else "unspecified")
    return resource


def _merged(own: GeneratorOptions | None, shared: GeneratorOptions | None) -> GeneratorOptions:
    own, shared = own or GeneratorOptions(), shared or GeneratorOptions()
    return GeneratorOptions(
        labels={**shared.labels, **own.labels},
        annotations={**shared.annotations, **own.annotations},
        disable_name_suffix_hash=own.disable_name_suffix_hash or shared.disable_name_suffix_hash,
        immutable=own.immutable or shared.immutable,
    )


def _value(text: str) -> str:
    return Quoted(text) if "\n" in text else string(text)


def _config_value(value: bytes) -> tuple[str, str]:
    try:
        return "data", value.decode()
    except UnicodeDecodeError:
        return "binaryData", _base64(value)


def _base64(value: bytes) -> str:
    text = base64.b64encode(value).decode()
    if len(text) < _LINE:
        return text
    return "".join(f"{text[i : i + _LINE]}\n" for i in range(0, len(text), _LINE))
