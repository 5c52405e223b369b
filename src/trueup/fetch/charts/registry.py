"""Charts in a registry of OCI artifacts: a repository for each chart, a tag for each version."""

from __future__ import annotations

from trueup.errors import InputError
from trueup.fetch.charts.package import MAX_PACKAGE_BYTES, Package
from trueup.fetch.http import HttpError
from trueup.fetch.oci import Descriptor, Manifest, Reference, Registry
from trueup.fetch.semver import Range, Version

CONFIG = "application/vnd.cncf.helm.config.v1+json"
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

    async def package(self, name: str, version: str) -> Package:
        """The chart ``name`` in that version, or the highest in that range."""
        return await self.package_at(Reference.parse(f"{self._base}/{name}"), version)

    async def package_at(self, reference: Reference, version: str) -> Package:
        """The chart in the repository of ``reference``; what its tag and ``version`` say must agree."""
        wanted = _agreed(reference, version)
        if not reference.digest:
            exact = wanted if is_exact(wanted) else await self._matching(reference, wanted)
            reference, wanted = reference.tagged(exact), exact
        elif wanted and not is_exact(wanted):
            raise InputError(
                f"{wanted!r} is no version to go with a digest", subject=str(reference)
            )
        manifest = await self._registry.manifest(reference)
        layer = _chart_layer(manifest, str(reference))
        content = await self._registry.blob(reference, layer, MAX_PACKAGE_BYTES)
        with content.file as file:
            package = Package("", file.read())
        name = reference.name.rpartition("/")[2]
        return Package(f"{name}-{wanted or package.chart().version}.tgz", package.content)

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


def _agreed(reference: Reference, version: str) -> str:
    tag = reference.tag.replace("_", "+")
    if tag and version and tag != version:
        raise InputError(
            f"chart reference and version mismatch: {version} is not {tag}", subject=str(reference)
        )
    return version or tag


def _chart_layer(manifest: Manifest, subject: str) -> Descriptor:
    if manifest.config.media_type != CONFIG:
        cause = f"is no chart, but a {manifest.config.media_type or 'thing without a type'}"
        raise HttpError(cause, subject=subject, trouble="corrupt")
    for layer in manifest.layers:
        if layer.media_type in LAYERS:
            return layer
    raise HttpError("has no layer with a chart", subject=subject, trouble="corrupt")
