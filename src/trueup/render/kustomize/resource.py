"""One object on its way through a build, with the notes that kustomize keeps about it.

The notes (former names, prefixes, whether a hash is due) are annotations, as in kustomize: a patch
that removes all annotations removes them too, and what follows depends on that.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from trueup.errors import RenderError
from trueup.render.kustomize.identity import Gvk, ResId
from trueup.render.kustomize.nodes import Node, is_null, string, text_of
from trueup.render.kustomize.ties import Tie

_INTERNAL = "internal.config.kubernetes.io/"
PREVIOUS_KINDS = _INTERNAL + "previousKinds"
PREVIOUS_NAMES = _INTERNAL + "previousNames"
PREVIOUS_NAMESPACES = _INTERNAL + "previousNamespaces"
PREFIXES = _INTERNAL + "prefixes"
SUFFIXES = _INTERNAL + "suffixes"
ALLOW_NAME_CHANGE = _INTERNAL + "allowNameChange"
ALLOW_KIND_CHANGE = _INTERNAL + "allowKindChange"
REFERRED_BY = _INTERNAL + "refBy"
BEHAVIOR = _INTERNAL + "generatorBehavior"
NEEDS_HASH = _INTERNAL + "needsHashSuffix"
ORIGIN = "config.kubernetes.io/origin"
TRANSFORMATIONS = "alpha.config.kubernetes.io/transformations"

FROM_HELM = _INTERNAL + "helm-generated"
BUILD_ANNOTATIONS = (
    PREVIOUS_KINDS,
    PREVIOUS_NAMES,
    PREVIOUS_NAMESPACES,
    PREFIXES,
    SUFFIXES,
    ALLOW_NAME_CHANGE,
    ALLOW_KIND_CHANGE,
    REFERRED_BY,
    BEHAVIOR,
    NEEDS_HASH,
    _INTERNAL + "path",
    _INTERNAL + "index",
    _INTERNAL + "seqindent",
    _INTERNAL + "id",
    _INTERNAL + "annotations-migration-resource-id",
    "config.kubernetes.io/path",
    "config.kubernetes.io/index",
    "config.k8s.io/id",
    FROM_HELM,
)
ENABLED = "enabled"
MAX_FORMER_IDS = 300


class Resource:
    """``body`` is the object; an empty body means that a patch has deleted it."""

    __slots__ = ("body", "ties", "variables")

    def __init__(self, body: dict[str, Node]) -> None:
        self.body = body
        self.variables: list[str] = []
        self.ties: list[Tie] = []

    # -- identity

    @property
    def kind(self) -> str:
        return text_of(self.body.get("kind"))

    @property
    def gvk(self) -> Gvk:
        return _gvk(text_of(self.body.get("apiVersion")), text_of(self.body.get("kind")))

    @property
    def name(self) -> str:
        return self._meta_text("name")

    @property
    def namespace(self) -> str:
        return self._meta_text("namespace")

    @property
    def id(self) -> ResId:
        """What the resource is called now."""
        body = self.body
        metadata = body.get("metadata")
        known = metadata if isinstance(metadata, dict) else {}
        return _id(
            text_of(body.get("apiVersion")),
            text_of(body.get("kind")),
            _text(known.get("name")),
            _text(known.get("namespace")),
        )

    @property
    def original_id(self) -> ResId:
        previous = self.previous_ids
        return previous[0] if previous else self.id

    @property
    def previous_ids(self) -> tuple[ResId, ...]:
        """What the resource was called before each change, the oldest first."""
        annotations = self._meta_map("annotations")
        names = annotations.get(PREVIOUS_NAMES)
        if names is None:
            return ()
        return _previous_ids(
            text_of(self.body.get("apiVersion")),
            text_of(names),
            text_of(annotations.get(PREVIOUS_NAMESPACES)),
            text_of(annotations.get(PREVIOUS_KINDS)),
        )

    def remember_id(self) -> None:
        """Note the present id as a former one; called before a change."""
        if (self.note(PREVIOUS_NAMES) or "").count(",") >= MAX_FORMER_IDS:
            raise RenderError(f"is renamed more than {MAX_FORMER_IDS} times", subject=str(self.id))
        now = self.id
        self.append_notes(
            {
                PREVIOUS_NAMES: now.name,
                PREVIOUS_NAMESPACES: now.effective_namespace,
                PREVIOUS_KINDS: now.gvk.kind,
            }
        )

    def set_name(self, name: str) -> None:
        self.metadata["name"] = name

    def set_namespace(self, namespace: str) -> None:
        if namespace:
            self.metadata["namespace"] = namespace
        else:
            self.metadata.pop("namespace", None)

    # -- metadata

    @property
    def metadata(self) -> dict[str, Node]:
        """``metadata``, created where it is missing."""
        found = self.body.get("metadata")
        if not isinstance(found, dict):
            found = self.body["metadata"] = {}
        return found

    @property
    def labels(self) -> dict[str, str]:
        return {key: text_of(value) for key, value in self._meta_map("labels").items()}

    @property
    def annotations(self) -> dict[str, str]:
        return {key: text_of(value) for key, value in self._meta_map("annotations").items()}

    def set_labels(self, labels: dict[str, str]) -> None:
        self._set_meta_map("labels", labels)

    def set_annotations(self, annotations: dict[str, str]) -> None:
        self._set_meta_map("annotations", annotations)

    def annotate(self, key: str, value: str) -> None:
        """Sets an annotation in a mapping of its own: here kustomize's nodes end to be tied."""
        annotations = self.metadata.get("annotations")
        known = annotations if isinstance(annotations, dict) else {}
        kept = {
            name: text if type(text) is str else string(text_of(text))
            for name, text in known.items()
        }
        self.metadata["annotations"] = {**kept, key: value}

    # -- notes

    def note(self, key: str) -> str | None:
        value = self._meta_map("annotations").get(key)
        return None if value is None else text_of(value)

    def notes(self, key: str) -> list[str]:
        """The members of a note that is a list."""
        text = self.note(key)
        return [] if text is None else text.split(",")

    def append_note(self, key: str, value: str) -> None:
        self.append_notes({key: value})

    def append_notes(self, notes: Mapping[str, str]) -> None:
        """Adds a member to each of several lists; an empty one is left out.

        The mapping stays the one that it is, and so do ties.
        """
        filled = {key: value for key, value in notes.items() if value}
        known = self._meta_map("annotations")
        added = {k: f"{text_of(known[k])},{v}" if k in known else v for k, v in filled.items()}
        if isinstance(self.metadata.get("annotations"), dict):
            known.update(added)
        elif added:
            self.metadata["annotations"] = added

    def is_enabled(self, key: str) -> bool:
        return self.note(key) == ENABLED

    def internal_annotations(self) -> dict[str, str]:
        found = self._meta_map("annotations")
        return {key: text_of(found[key]) for key in found if key.startswith(_INTERNAL)}

    def _meta_text(self, field: str) -> str:
        metadata = self.body.get("metadata")
        return _text(metadata.get(field)) if isinstance(metadata, dict) else ""

    def _meta_map(self, field: str) -> dict[str, Node]:
        metadata = self.body.get("metadata")
        found = metadata.get(field) if isinstance(metadata, dict) else None
        return found if isinstance(found, dict) else {}

    def _set_meta_map(self, field: str, values: dict[str, str]) -> None:
        if values:
            self.metadata[field] = dict(values)
        else:
            self.metadata.pop(field, None)

    def __str__(self) -> str:
        return str(self.id)


def _text(node: Node) -> str:
    if type(node) is str:
        return node
    return "" if is_null(node) else text_of(node)


@lru_cache(maxsize=4096)
def _id(api_version: str, kind: str, name: str, namespace: str) -> ResId:
    gvk = _gvk(api_version, kind)
    return ResId(gvk, name, namespace, gvk.is_cluster_scoped)


@lru_cache(maxsize=1024)
def _gvk(api_version: str, kind: str) -> Gvk:
    return Gvk.of(api_version, kind)


@lru_cache(maxsize=1024)
def _previous_ids(api_version: str, names: str, namespaces: str, kinds: str) -> tuple[ResId, ...]:
    version = Gvk.of(api_version, "")
    lists = names.split(","), namespaces.split(","), kinds.split(",")
    if len({len(members) for members in lists}) > 1:
        raise RenderError(
            "a name, namespace or kind that is changed holds a comma",
            subject=f"{kinds}/{names}",
            next_step="take the comma out",
        )
    return tuple(
        ResId(version._replace(kind=kind), name, namespace)
        for name, namespace, kind in zip(*lists, strict=True)
    )
