"""All served resources, looked up by path, by kind, or by bucket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trueup.controlplane.resources.builtin import builtin_resources
from trueup.controlplane.resources.resource import Resource
from trueup.controlplane.resources.versions import version_rank


class Catalog:
    """``epoch`` grows with each change, so that what is derived from a catalog can be cached."""

    def __init__(self, resources: Iterable[Resource] | None = None) -> None:
        self.epoch = 0
        self._by_path: dict[tuple[str, str, str], Resource] = {}
        self._custom: dict[str, list[Resource]] = {}
        self._by_bucket: dict[str, Resource] = {}
        self._bucket_epoch = -1
        for resource in builtin_resources() if resources is None else resources:
            self._by_path[resource.group, resource.version, resource.plural] = resource
        self.builtin_groups = frozenset(resource.group for resource in self)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._by_path.values())

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        return self._by_path.get((group, version, plural))

    def of_kind(self, group: str, kind: str) -> Resource | None:
        """The resource of ``kind`` in its preferred version."""
        found = [r for r in self if r.group == group and r.kind == kind]
        return min(found, key=lambda r: version_rank(r.version)) if found else None

    def of_bucket(self, bucket: str) -> Resource | None:
        """The resource whose objects lie in ``bucket``, in the version they are stored in."""
        if self._bucket_epoch != self.epoch:
            self._by_bucket = {r.bucket: r for r in self}
            self._by_bucket |= {r.bucket: r for r in self if r.gvk == r.storage_gvk}
            self._bucket_epoch = self.epoch
        return self._by_bucket.get(bucket)

    def groups(self) -> list[str]:
        """Group names but the core's, built-in ones first, each set in order of appearance."""
        return list(dict.fromkeys(r.group for r in self if r.group))

    def versions(self, group: str) -> list[str]:
        """The versions of ``group``, the preferred one first."""
        found = {r.version for r in self if r.group == group}
        return sorted(found, key=version_rank)

    def in_version(self, group: str, version: str) -> list[Resource]:
        return [r for r in self if r.group == group and r.version == version]

    def define(self, definition: str, resources: list[Resource]) -> None:
        """Serve ``resources`` in place of what ``definition`` served before."""
        self.undefine(definition)
        self._custom[definition] = resources
        for resource in resources:
            self._by_path[resource.group, resource.version, resource.plural] = resource
        self.epoch += 1

    def undefine(self, definition: str) -> None:
        for resource in self._custom.pop(definition, ()):
            self._by_path.pop((resource.group, resource.version, resource.plural), None)
            self.epoch += 1

    def defined_by(self, definition: str) -> list[Resource]:
        return list(self._custom.get(definition, ()))
