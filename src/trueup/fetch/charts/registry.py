"""Charts in a registry of OCI artifacts: a repository for each chart, a tag for each version."""

from __future__ import annotations

from dataclasses import replace

from trueup.errors import InputError
from trueup.fetch.charts.package import MAX_PACKAGE_BYTES, MAX_PROVENANCE_BYTES, Package
from trueup.fetch.http import HttpError
from trueup.fetch.oci import Manifest, Reference, Registry
from trueup.fetch.semver import Range, Version

CONFIG = "application/vnd.cncf.helm.config.v1+json"
PROVENANCE = ("application/vnd.cncf.helm.chart.provenance.v1.prov",)
LAYERS = ("application/vnd.cncf.helm.chart.content.v1.tar+gzip", "application/tar+gzip")


class ChartRegistry:
    """The charts below ``base`` of ``registry``."""

    def __init__(self, base: str, registry: Registry) -> None:
        self._base = base.rstrip("/")
        self._registry = registry

    async def newest(self, name: str, versions: str) -> str:
        """An exact version is taken at its word; of a range the highest that there is."""
        if is_exact(versions):
            return versions
        return await self._matching(Reference.parse(f"{self._base}/{name}"), versions)

    async def package(self, name: str, version: str, *, signed: bool = False) -> Package:
        """The chart ``name`` in that version, or the highest in that range."""
        reference = Reference.parse(f"{self._base}/{name}")
        return await self.package_at(reference, version, signed=signed)

    async def package_at(
        self, reference: Reference, version: str, *, signed: bool = False
    ) -> Package:
        """The chart in the repository of ``reference``, in the version that ``pinned`` gives it."""
        reference = await self.pinned(reference, version)
        manifest = await self._registry.manifest(reference)
        return await self.package_of(reference, manifest, signed=signed)

    async def pinned(self, reference: Reference, version: str) -> Reference:
        """``reference`` with the tag of one version; what its own tag and ``version`` say must agree."""
        wanted = _agreed(reference, version)
        if reference.digest:
            return reference
        exact = wanted if is_exact(wanted) else await self._matching(reference, wanted)
        return reference.tagged(exact)

    async def package_of(
        self, reference: Reference, manifest: Manifest, *, signed: bool = False
    ) -> Package:
        """The chart that ``manifest`` of ``reference`` is of, ``signed`` with its provenance."""
        if not is_chart(manifest):
            cause = f"is no chart, but a {manifest.config.media_type or 'thing without a type'}"
            raise HttpError(cause, subject=str(reference), trouble="corrupt")
        found = Package("", await self._layer(reference, manifest, LAYERS, MAX_PACKAGE_BYTES))
        if signed:
            provenance = await self._layer(reference, manifest, PROVENANCE, MAX_PROVENANCE_BYTES)
            found = replace(found, provenance=provenance)
        version = _version_of(reference) or found.chart().version
        return replace(found, file_name=f"{reference.name.rpartition('/')[2]}-{version}.tgz")

    async def _layer(
        self, reference: Reference, manifest: Manifest, kinds: tuple[str, ...], limit: int
    ) -> bytes:
        """The first layer of one of ``kinds``, which are media types."""
        for layer in manifest.layers:
            if layer.media_type in kinds:
                content = await self._registry.blob(reference, layer, limit)
                with content.file as file:
                    return file.read()
        what = "provenance" if kinds is PROVENANCE else "a chart"
        raise HttpError(f"has no layer with {what}", subject=str(reference), trouble="not-found")

    async def _matching(self, reference: Reference, versions: str) -> str:
        """As in Helm only tags that are full versions count."""
        wanted = Range.parse(versions or "*")
        tags = [tag.replace("_", "+") for tag in await self._registry.tags(reference)]
        found = [parsed for parsed in map(_strict, tags) if parsed is not None]
        allowed = [parsed for parsed in found if wanted.allows(parsed)]
        if not allowed:
            raise InputError(
                f"no tag is a version that matches {versions or '*'!r}",
                subject=str(reference),
                next_step="check the name and the version",
            )
        return max(allowed).text


def is_exact(version: str) -> bool:
    """Whether ``version`` is one, and no range."""
    return Version.find(version) is not None


def _strict(tag: str) -> Version | None:
    """A version with all its parts, and no ``v`` before it."""
    numbers = tag.partition("+")[0].partition("-")[0].split(".")
    plain = all(part.isdigit() and (part == "0" or part[0] != "0") for part in numbers)
    return Version.find(tag) if len(numbers) == 3 and plain else None


def is_chart(manifest: Manifest) -> bool:
    return manifest.config.media_type == CONFIG


def _agreed(reference: Reference, version: str) -> str:
    """The version or range that is wanted; InputError where ``reference`` says another."""
    tag = _version_of(reference)
    if tag and version and tag != version:
        raise InputError(
            f"chart reference and version mismatch: {version} is not {tag}", subject=str(reference)
        )
    if reference.digest and version and not is_exact(version):
        raise InputError(f"{version!r} is no version to go with a digest", subject=str(reference))
    return version or tag


def _version_of(reference: Reference) -> str:
    return reference.tag.replace("_", "+")
