"""The ordered collection of the resources of a build, in which every id is unique."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from trueup.errors import RenderError
from trueup.render.bounds import check_object_count
from trueup.render.kustomize.identity import Key, ResId
from trueup.render.kustomize.nodes import text_of
from trueup.render.kustomize.resource import (
    BEHAVIOR,
    BUILD_ANNOTATIONS,
    NEEDS_HASH,
    ORIGIN,
    Resource,
)


class ResMap:
    """The resources that a kustomization has collected, in their order."""

    def __init__(self, resources: Iterable[Resource] = ()) -> None:
        self.resources: list[Resource] = []
        self.append_all(resources)

    def __iter__(self) -> Iterator[Resource]:
        return iter(list(self.resources))

    def __len__(self) -> int:
        return len(self.resources)

    def keys(self) -> set[Key]:
        """The identities that are taken now."""
        return {resource.id.key for resource in self.resources}

    def append_all(
        self, resources: Iterable[Resource], source: str = "", taken: set[Key] | None = None
    ) -> None:
        """Adds ``resources`` from ``source``; RenderError where one has an id that is taken.

        ``taken``: ``keys()``, from who adds often; it is kept up to date.
        """
        taken = self.keys() if taken is None else taken
        for resource in resources:
            key = resource.id.key
            if key in taken:
                raise RenderError(
                    "may not add resource with an already registered id",
                    subject=": ".join(filter(None, (source, str(resource.id)))),
                    next_step="remove the duplicate, or rename one of the two",
                )
            taken.add(key)
            self.resources.append(resource)
        check_object_count(len(self.resources))

    def drop_empty(self) -> None:
        self.resources = [resource for resource in self.resources if resource.body]

    def with_any_id(self, matches: Callable[[ResId], bool]) -> list[Resource]:
        """The resources of which the present or a former id matches."""
        return [
            resource
            for resource in self.resources
            if resource.body and (matches(resource.id) or any(map(matches, resource.previous_ids)))
        ]

    def the_one_called(self, wanted: ResId) -> Resource:
        """The resource that is or was called ``wanted``; RenderError unless it is exactly one."""
        found = self.with_any_id(lambda known: known.key == wanted.key)
        if len(found) == 1:
            return found[0]
        cause = "several resources match" if found else "no resource matches"
        raise RenderError(
            f"{cause} {wanted}",
            next_step="correct the name, the namespace and the kind, or use a target",
        )

    def absorb(self, resource: Resource) -> None:
        """Adds a generated resource, or merges it into the one of the same id."""
        behavior = resource.note(BEHAVIOR)
        matches = self.with_any_id(lambda known: known.key == resource.id.key)
        if not matches:
            if behavior in ("merge", "replace"):
                raise RenderError(
                    f"does not exist; cannot {behavior}",
                    subject=str(resource.id),
                    next_step="use behavior: create, or correct the name",
                )
            self.append_all([resource])
        elif len(matches) > 1:
            raise RenderError("several resources could take the merge", subject=str(resource.id))
        elif behavior not in ("merge", "replace"):
            raise RenderError(
                "already exists",
                subject=str(resource.id),
                next_step="use behavior: merge or replace",
            )
        else:
            self._merge(resource, matches[0], behavior)

    def _merge(self, new: Resource, old: Resource, behavior: str) -> None:
        origin = old.note(ORIGIN)
        merge_metadata(new, old)
        if behavior == "merge":
            if origin is not None:
                new.annotate(ORIGIN, origin)
            for field in ("data", "binaryData"):
                _merge_texts(new, old, field)
        if new.id.key != old.id.key:
            raise RenderError("cannot find the resource to replace", subject=str(new.id))
        self.resources[self.resources.index(old)] = new


def merge_metadata(new: Resource, old: Resource) -> None:
    """Gives ``new`` the name, namespace and notes of ``old``, and both's labels and annotations."""
    new.set_labels({**old.labels, **new.labels})
    former, present = old.annotations, new.annotations
    merged = {**former, **present}
    for key in BUILD_ANNOTATIONS:
        if key in former:
            merged[key] = former[key]
        else:
            merged.pop(key, None)
    if NEEDS_HASH not in present:
        merged.pop(NEEDS_HASH, None)
    new.set_annotations(merged)
    new.set_name(old.name)
    new.set_namespace(old.namespace)
    new.variables = list(old.variables)


def _merge_texts(new: Resource, old: Resource, field: str) -> None:
    merged: dict[str, str] = {}
    for resource in (old, new):
        values = resource.body.get(field)
        if isinstance(values, dict):
            merged.update({key: text_of(value) for key, value in values.items()})
    new.body.pop(field, None)
    if merged:
        new.body[field] = dict(merged)
