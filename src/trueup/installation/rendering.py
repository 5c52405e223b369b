"""The objects of an installation, rendered from the Kustomize tree that the package carries."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from trueup import __version__
from trueup.dialects.flux import crds as flux_crds
from trueup.installation.roles import controller_roles, edit_role, view_role
from trueup.objects import Manifest, yaml
from trueup.render.kustomize import Options, build
from trueup.report import crds as own_crds
from trueup.tree import MemoryTree

NAMESPACE = "trueup-system"
VARIANTS = ("cluster-admin", "lockdown")
_HERE = "installation"


@dataclass(frozen=True, slots=True)
class Installation:
    """What can be chosen. ``image`` may leave out the tag: then it is that of this version.

    ``shards``: into how many parts the replicas split the work. ``lockdown``: every delivery acts as a ServiceAccount, and Trueup itself may deliver nothing.
    """

    namespace: str = NAMESPACE
    image: str = ""
    replicas: int = 2
    lockdown: bool = False
    shards: int = 1

    @property
    def variant(self) -> str:
        """The folder of the tree that this is made from."""
        return VARIANTS[self.lockdown]


def render(installation: Installation = Installation()) -> list[Manifest]:
    """All objects, in the order in which they can be created."""
    files = {**tree(), f"{_HERE}/kustomization.yaml": yaml.dump(_overlay(installation))}
    return build(MemoryTree(files), _HERE, Options(reorder="legacy"))


def tree() -> dict[str, str]:
    """The Kustomize tree: files by path. The bases are ``base`` and the variants on top of it."""
    flux, own = flux_crds.crds(), own_crds.crds()
    roles = [*controller_roles(flux, own, NAMESPACE), view_role([*flux, *own])]
    return _files(resources.files(__package__) / "manifests", "") | {
        "base/definitions.yaml": yaml.dump_all([*flux, *own]),
        "base/roles.yaml": yaml.dump_all(roles),
        # Not where Trueup may do anything: whoever may write a delivery could do so too.
        "lockdown/edit.yaml": yaml.dump(edit_role(flux)),
    }


def _files(folder: Traversable, path: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found |= _files(entry, f"{path}{entry.name}/")
        else:
            found[f"{path}{entry.name}"] = entry.read_text("utf-8").replace("VERSION", __version__)
    return found


def _overlay(installation: Installation) -> Manifest:
    kustomization: Manifest = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": installation.namespace,
        "resources": [f"../{installation.variant}"],
        "replicas": [{"name": "trueup-controller", "count": installation.replicas}],
    }
    if installation.shards > 1:
        kustomization["patches"] = [_argument(f"--shards={installation.shards}")]
    if installation.image:
        kustomization["images"] = [{"name": "trueup", **_image(installation.image)}]
    return kustomization


def _argument(text: str) -> Manifest:
    path = "/spec/template/spec/containers/0/args/-"
    patch = [{"op": "add", "path": path, "value": text}]
    return {"target": {"kind": "Deployment"}, "patch": yaml.dump(patch)}


def _image(text: str) -> dict[str, str]:
    """``[HOST[:PORT]/]NAME[:TAG][@DIGEST]`` in Kustomize's words."""
    rest, _, digest = text.partition("@")
    folder, slash, last = rest.rpartition("/")
    name, _, tag = last.partition(":")
    parts = {"newName": folder + slash + name, "newTag": tag, "digest": digest}
    return {key: value for key, value in parts.items() if value}
