"""Builds the index of Kubernetes' own schemas that ships inside ``trueup.schema``.

    python scripts/build_schemas.py

The source is the development dependency ``kubernetes-validate``, which carries the OpenAPI
definitions of each Kubernetes release. One file per minor version goes to
``src/trueup/schema/data``: definitions as the API server publishes them, without descriptions.
The descriptions of the newest version lie in a file of their own, which few commands need.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]

VERSIONS = ("1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37")
SOURCE = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
TARGET = Path(__file__).parent.parent / "src" / "trueup" / "schema" / "data"

Definitions = dict[str, dict[str, Any]]

# The source drops defaults. Those of scalars are restored here, from the ``default`` markers of
# Kubernetes' API types: server-side apply needs them where a list item leaves out one of its keys.
DEFAULTS: dict[tuple[str, str], Any] = {
    ("core.v1.AzureDiskVolumeSource", "cachingMode"): "ReadWrite",
    ("core.v1.AzureDiskVolumeSource", "fsType"): "ext4",
    ("core.v1.AzureDiskVolumeSource", "kind"): "Shared",
    ("core.v1.ContainerPort", "protocol"): "TCP",
    ("core.v1.ISCSIPersistentVolumeSource", "iscsiInterface"): "default",
    ("core.v1.ISCSIVolumeSource", "iscsiInterface"): "default",
    ("core.v1.LocalObjectReference", "name"): "",
    ("core.v1.RBDPersistentVolumeSource", "keyring"): "/etc/ceph/keyring",
    ("core.v1.RBDPersistentVolumeSource", "pool"): "rbd",
    ("core.v1.RBDPersistentVolumeSource", "user"): "admin",
    ("core.v1.RBDVolumeSource", "keyring"): "/etc/ceph/keyring",
    ("core.v1.RBDVolumeSource", "pool"): "rbd",
    ("core.v1.RBDVolumeSource", "user"): "admin",
    ("core.v1.ReplicationControllerSpec", "replicas"): 1,
    ("core.v1.ScaleIOPersistentVolumeSource", "fsType"): "xfs",
    ("core.v1.ScaleIOPersistentVolumeSource", "storageMode"): "ThinProvisioned",
    ("core.v1.ScaleIOVolumeSource", "fsType"): "xfs",
    ("core.v1.ScaleIOVolumeSource", "storageMode"): "ThinProvisioned",
    ("core.v1.ServicePort", "protocol"): "TCP",
    ("certificates.v1.PodCertificateRequestSpec", "maxExpirationSeconds"): 86400,
    ("certificates.v1beta1.PodCertificateRequestSpec", "maxExpirationSeconds"): 86400,
    ("resource.v1.DeviceToleration", "operator"): "Equal",
    ("resource.v1beta1.DeviceToleration", "operator"): "Equal",
    ("resource.v1beta2.DeviceToleration", "operator"): "Equal",
}
ZERO = {"string": "", "integer": 0, "boolean": False}


def read(version: str) -> Definitions:
    path = SOURCE / f"v{version}.0-local" / "_definitions.json"
    definitions: Definitions = json.loads(path.read_text())["$defs"]
    return {name: as_published(node) for name, node in definitions.items()}


def as_published(node: Any) -> Any:
    """Undo what the source adds for JSON Schema validators: null types, pinned kinds."""
    if isinstance(node, list):
        return [as_published(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: as_published(value) for key, value in node.items()}
    if isinstance(node.get("type"), list):
        out["type"] = next(name for name in node["type"] if name != "null")
    if isinstance(node.get("$ref"), str):
        out["$ref"] = node["$ref"].rpartition("/")[2]
    for name in ("apiVersion", "kind"):
        if isinstance(pinned := out.get("properties", {}).get(name), dict):
            pinned.pop("enum", None)
    return out


def add_defaults(definitions: Definitions) -> None:
    for (suffix, field), value in DEFAULTS.items():
        definition = definitions.get(f"io.k8s.api.{suffix}")
        if definition is not None and field in definition["properties"]:
            definition["properties"][field]["default"] = value
    for definition in list(definitions.values()):
        for node in definition.get("properties", {}).values():
            add_key_defaults(node, definitions)


def add_key_defaults(node: dict[str, Any], definitions: Definitions) -> None:
    """Required keys of keyed lists default to their zero value, as Go's types make them."""
    item = definitions.get(node.get("items", {}).get("$ref", ""), {})
    for key in node.get("x-kubernetes-list-map-keys", ()):
        field = item.get("properties", {}).get(key, {})
        if key in item.get("required", ()) and field.get("type") in ZERO:
            field.setdefault("default", ZERO[field["type"]])


def name_formats(definitions: Definitions) -> None:
    """Say int-or-string the way the API server's own OpenAPI document does."""
    int_or_string = definitions["io.k8s.apimachinery.pkg.util.intstr.IntOrString"]
    int_or_string["format"] = "int-or-string"
    int_or_string["oneOf"] = [{"type": "integer"}, {"type": "string"}]


def split_descriptions(definitions: Definitions) -> dict[str, dict[str, str]]:
    """Take the descriptions out: ``{definition: {"": its own, property: the property's}}``."""
    found: dict[str, dict[str, str]] = {}
    for name, definition in definitions.items():
        nodes = {"": definition, **definition.get("properties", {})}
        texts = {key: node.pop("description", "") for key, node in nodes.items()}
        found[name] = {key: text for key, text in texts.items() if text}
    return found


def write(name: str, content: Any) -> None:
    text = json.dumps(content, separators=(",", ":"), sort_keys=True)
    (TARGET / name).write_bytes(zlib.compress(text.encode(), 9))


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    for version in VERSIONS:
        definitions = read(version)
        add_defaults(definitions)
        name_formats(definitions)
        descriptions = split_descriptions(definitions)
        write(f"{version}.json.z", definitions)
        if version == VERSIONS[-1]:
            write("descriptions.json.z", descriptions)


if __name__ == "__main__":
    main()
