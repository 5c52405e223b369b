"""Signed charts: ``tests/cases/fetch/provenance`` has one that gpg signed, with keys of two people."""

from __future__ import annotations

from pathlib import Path

import pytest

from trueup.errors import VerificationError
from trueup.fetch.charts import ChartSources, Package, check_provenance, fetch_chart
from trueup.fetch.charts.registry import PROVENANCE
from trueup.fetch.http import HttpError
from trueup.testing.chart_server import ChartServer
from trueup.testing.oci_registry import CHART_CONFIG, CHART_LAYER, OciRegistry

FOLDER = Path(__file__).parents[3] / "cases/fetch/provenance"
NAME = "app-1.0.0.tgz"
CONTENT = (FOLDER / NAME).read_bytes()
SIGNED = (FOLDER / f"{NAME}.prov").read_bytes()
MAKER, OTHER = ((FOLDER / f"{who}.gpg").read_bytes() for who in ("maker", "other"))
PACKAGE = Package(NAME, CONTENT, SIGNED)


@pytest.mark.parametrize("ring", [MAKER, (FOLDER / "maker.asc").read_bytes(), OTHER + MAKER])
def test_a_package_holds_that_a_key_of_the_ring_signed(ring: bytes) -> None:
    check_provenance(PACKAGE, ring)


@pytest.mark.parametrize(
    "signed", [b"From: me\n\n" + SIGNED, SIGNED.replace(b"\n", b"\r\n"), SIGNED + b"more\n"]
)
def test_a_message_holds_whatever_is_around_it(signed: bytes) -> None:
    check_provenance(Package(NAME, CONTENT, signed), MAKER)


REFUSED = [
    (PACKAGE, OTHER, "signature made by unknown entity; check that the keyring"),
    (PACKAGE, b"", "signature made by unknown entity"),
    (PACKAGE, b"no keys", "tag byte does not have MSB set"),
    (Package(NAME, CONTENT + b"x", SIGNED), MAKER, "has the digest sha256:.* was signed with"),
    (Package("b.tgz", CONTENT, SIGNED), MAKER, "no digest for a file named 'b.tgz'"),
    (Package(NAME, CONTENT), MAKER, "no signed message found"),
]


@pytest.mark.parametrize(("package", "ring", "cause"), REFUSED)
def test_a_package_that_nobody_known_signed_is_refused(
    package: Package, ring: bytes, cause: str
) -> None:
    with pytest.raises(VerificationError, match=cause):
        check_provenance(package, ring)


CHANGES = [
    (b"name: app", b"name: apx", "does not match the payload"),
    (b"\n\n...\n", b"\n\n- ...\n\n", "does not match the payload"),
    (b"MESSAGE-----", b"MESSAGE----- ", "no signed message found"),
    (b"Hash: SHA256", b"Hash: SHA256, MD7", "no signed message found"),
    (b"Hash: SHA256", b"Comment: hello", "no signed message found"),
    (b"\n-----BEGIN PGP SIGNATURE", b"\n-----BEGIN A SIGNATURE", "no whole signature"),
    (b"\n-----END PGP SIGNATURE", b"\n-----END", "no whole signature"),
]


@pytest.mark.parametrize(("there", "instead", "cause"), CHANGES)
def test_a_changed_message_is_refused(there: bytes, instead: bytes, cause: str) -> None:
    changed = SIGNED.replace(there, instead)
    with pytest.raises(VerificationError, match=cause):
        check_provenance(Package(NAME, CONTENT, changed), MAKER)


@pytest.fixture
def published(server: ChartServer, registry: OciRegistry) -> tuple[str, str]:
    """The repository, and the URL of the chart in the registry."""
    server.publish("app", "1.0.0", digest="")
    server.files |= {NAME: CONTENT, f"{NAME}.prov": SIGNED}
    layers = [(CHART_LAYER, CONTENT), (PROVENANCE[0], SIGNED)]
    registry.put("team/app", "1.0.0", layers, CHART_CONFIG)
    return server.url, f"oci://{registry.host}/team/app"


async def test_provenance_comes_with_the_chart(
    published: tuple[str, str], sources: ChartSources
) -> None:
    repository, url = published
    for chart, place in (("app", repository), (url, ""), (f"{url}:1.0.0", "")):
        found = await fetch_chart(sources, chart, repository=place, key_ring=MAKER)
        assert found == PACKAGE
        with pytest.raises(VerificationError, match="signature made by unknown entity"):
            await fetch_chart(sources, chart, repository=place, key_ring=OTHER)


async def test_a_chart_that_nobody_signed_is_refused(
    server: ChartServer, registry: OciRegistry, sources: ChartSources
) -> None:
    server.publish("app", "1.0.0")
    registry.put_chart("team/app", "1.0.0", CONTENT)
    with pytest.raises(HttpError, match=r"app-1\.0\.0\.tgz\.prov: the server answered 404"):
        await fetch_chart(sources, "app", repository=server.url, key_ring=MAKER)
    with pytest.raises(HttpError, match="has no layer with provenance"):
        await fetch_chart(sources, f"oci://{registry.host}/team/app", key_ring=MAKER)


async def test_provenance_is_not_asked_for_in_vain(
    published: tuple[str, str], server: ChartServer, sources: ChartSources
) -> None:
    await fetch_chart(sources, "app", repository=published[0])
    assert [path for path, _, _ in server.requests] == ["/index.yaml", f"/{NAME}"]
