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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]

VERSIONS = ("1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37")
SOURCE = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
TARGET = Path(__file__).parent.parent / "src" / "trueup" / "schema" / "data"

Definitions = dict[str, dict[str, Any]]

# The source drops defaults, which server-side apply needs: where a list item leaves out one of its
# keys, and to know what an object holds before anybody writes to it. Those that no rule below
# gives are these, from the ``default`` markers and the structs of Kubernetes' API types.
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
    ("apps.v1.ControllerRevision", "revision"): 0,
    ("apps.v1.StatefulSetSpec", "serviceName"): "",
    ("rbac.v1.RoleRef", "apiGroup"): "",
    ("certificates.v1.PodCertificateRequestSpec", "maxExpirationSeconds"): 86400,
    ("certificates.v1beta1.PodCertificateRequestSpec", "maxExpirationSeconds"): 86400,
    ("resource.v1.DeviceToleration", "operator"): "Equal",
    ("resource.v1beta1.DeviceToleration", "operator"): "Equal",
    ("resource.v1beta2.DeviceToleration", "operator"): "Equal",
}
ZERO = {"string": "", "integer": 0, "boolean": False}

# Fields of a struct type are never absent in Go, whether required or not, unless behind a pointer.
OPTIONAL_STRUCTS = {
    ("apps.v1.DaemonSetSpec", "updateStrategy"),
    ("apps.v1.DeploymentSpec", "strategy"),
    ("apps.v1.ReplicaSetSpec", "template"),
    ("apps.v1.StatefulSetSpec", "updateStrategy"),
    ("authentication.v1.SelfSubjectReviewStatus", "userInfo"),
    ("authentication.v1.TokenReviewStatus", "user"),
    ("core.v1.Container", "resources"),
    ("core.v1.ContainerStatus", "lastState"),
    ("core.v1.ContainerStatus", "state"),
    ("core.v1.EphemeralContainer", "resources"),
    ("core.v1.Event", "source"),
    ("core.v1.NodeDaemonEndpoints", "kubeletEndpoint"),
    ("core.v1.NodeStatus", "daemonEndpoints"),
    ("core.v1.NodeStatus", "nodeInfo"),
    ("core.v1.PersistentVolumeClaimSpec", "resources"),
    ("core.v1.PersistentVolumeClaimTemplate", "metadata"),
    ("core.v1.PodTemplate", "template"),
    ("core.v1.ServiceStatus", "loadBalancer"),
    ("discovery.v1.Endpoint", "conditions"),
    ("events.v1.Event", "deprecatedSource"),
    ("events.v1.Event", "regarding"),
    ("networking.v1.IngressServiceBackend", "port"),
    ("networking.v1.IngressStatus", "loadBalancer"),
    ("networking.v1.NetworkPolicySpec", "podSelector"),
    ("resource.v1.AllocationResult", "devices"),
    ("resource.v1.ResourceClaimSpec", "devices"),
}
POINTERS = {
    ("apps.v1.DaemonSetSpec", "selector"),
    ("apps.v1.DeploymentSpec", "selector"),
    ("apps.v1.ReplicaSetSpec", "selector"),
    ("apps.v1.StatefulSetSpec", "selector"),
    ("core.v1.ScaleIOPersistentVolumeSource", "secretRef"),
    ("core.v1.ScaleIOVolumeSource", "secretRef"),
    ("networking.v1.IPAddressSpec", "parentRef"),
    ("resource.v1alpha3.ResourcePoolStatusRequest", "status"),
    ("scheduling.v1alpha3.CompositePodGroupSpec", "workloadRef"),
}
RAW = "io.k8s.apimachinery.pkg.runtime.RawExtension"


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
    for name, definition in definitions.items():
        for field, node in definition.get("properties", {}).items():
            if is_struct(name, field, definitions):
                node["default"] = {}


def add_key_defaults(node: dict[str, Any], definitions: Definitions) -> None:
    """Required keys of keyed lists default to their zero value, as Go's types make them."""
    item = definitions.get(node.get("items", {}).get("$ref", ""), {})
    for key in node.get("x-kubernetes-list-map-keys", ()):
        field = item.get("properties", {}).get(key, {})
        if key in item.get("required", ()) and field.get("type") in ZERO:
            field.setdefault("default", ZERO[field["type"]])


def is_struct(name: str, field: str, definitions: Definitions) -> bool:
    definition = definitions[name]
    target = definition["properties"][field].get("$ref", "")
    place = (name.removeprefix("io.k8s.api."), field)
    if definitions.get(target, {}).get("type") != "object" or target == RAW or place in POINTERS:
        return False
    is_kind = len(definition.get("x-kubernetes-group-version-kind", ())) == 1
    is_object = is_kind or name.endswith("TemplateSpec")
    part_of_object = is_object and field in ("metadata", "spec", "status")
    return field in definition.get("required", ()) or part_of_object or place in OPTIONAL_STRUCTS


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


def contents() -> Iterator[tuple[str, Any]]:
    """Every file of the index, by name."""
    for version in VERSIONS:
        definitions = read(version)
        add_defaults(definitions)
        name_formats(definitions)
        descriptions = split_descriptions(definitions)
        yield f"{version}.json.z", definitions
        if version == VERSIONS[-1]:
            yield "descriptions.json.z", descriptions


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    for name, content in contents():
        text = json.dumps(content, separators=(",", ":"), sort_keys=True)
        (TARGET / name).write_bytes(zlib.compress(text.encode(), 9))


if __name__ == "__main__":
    main()
