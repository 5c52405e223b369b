"""Keys, certificates and the kubeconfig under the data directory: made once, kept for restarts.

``ca.crt``/``ca.key`` sign ``server.crt`` and the administrator's ``admin.crt``; ``tokens.key``
signs service account tokens; ``admin.token`` is the administrator's. All 0600.
"""

from __future__ import annotations

import base64
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from trueup.controlplane.auth.user import MASTERS
from trueup.objects import yaml

ADMIN = "trueup-admin"
_YEARS = timedelta(days=3650)
_RENEW_BEFORE = timedelta(days=30)
_SERVER_NAMES = (
    "localhost",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Paths for TLS, and the secrets that requests are checked against."""

    directory: Path
    admin_token: str
    token_key: ec.EllipticCurvePrivateKey

    @property
    def ca(self) -> Path:
        return self.directory / "ca.crt"

    @property
    def server_certificate(self) -> Path:
        return self.directory / "server.crt"

    @property
    def server_key(self) -> Path:
        return self.directory / "server.key"


def credentials(directory: Path) -> Credentials:
    """What ``directory`` holds, completed by what is missing or about to expire."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = _Authority(directory)
    authority.ensure("server", x509.Name([_common("trueup")]), server=True)
    groups = x509.NameAttribute(NameOID.ORGANIZATION_NAME, MASTERS)
    authority.ensure("admin", x509.Name([groups, _common(ADMIN)]), server=False)
    token_file = directory / "admin.token"
    if not token_file.exists():
        write_private(token_file, secrets.token_urlsafe(32).encode())
    return Credentials(directory, token_file.read_text(), _key(directory / "tokens.key"))


def write_kubeconfig(path: Path, found: Credentials, server: str) -> None:
    """A kubeconfig for the administrator, whose current context is ``trueup``."""
    ca = base64.b64encode(found.ca.read_bytes()).decode()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": "trueup", "cluster": {"server": server, "certificate-authority-data": ca}}
        ],
        "users": [{"name": ADMIN, "user": {"token": found.admin_token}}],
        "contexts": [{"name": "trueup", "context": {"cluster": "trueup", "user": ADMIN}}],
        "current-context": "trueup",
    }
    write_private(path, yaml.dump(config).encode())


def write_private(path: Path, data: bytes) -> None:
    """Replace ``path`` in one step by a file that only its owner can read."""
    staged = path.with_name(f".{path.name}.new")
    staged.touch(mode=0o600, exist_ok=True)
    staged.chmod(0o600)
    staged.write_bytes(data)
    staged.replace(path)


class _Authority:
    """The certificate authority of one data directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._key = _key(directory / "ca.key")
        certificate = directory / "ca.crt"
        if not _is_valid(certificate):
            write_private(certificate, _pem(self._root()))
        self._certificate = x509.load_pem_x509_certificate(certificate.read_bytes())

    def ensure(self, name: str, subject: x509.Name, *, server: bool) -> None:
        """Have ``name.crt`` and ``name.key``, signed by this authority."""
        key = _key(self._directory / f"{name}.key")
        path = self._directory / f"{name}.crt"
        if _is_valid(path) and _issued_by(path, self._certificate):
            return
        usage = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = _builder(subject, self._certificate.subject, key).add_extension(
            x509.ExtendedKeyUsage([usage]), critical=False
        )
        if server:
            builder = builder.add_extension(_server_names(), critical=False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = builder.add_extension(issuer, critical=False)
        write_private(path, _pem(builder.sign(self._key, hashes.SHA256())))

    def _root(self) -> x509.Certificate:
        subject = x509.Name([_common(f"trueup-ca-{secrets.token_hex(4)}")])
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        own = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        return (
            _builder(subject, subject, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(own, critical=False)
            .sign(self._key, hashes.SHA256())
        )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _YEARS)
    )


def _server_names() -> x509.SubjectAlternativeName:
    addresses = [x509.IPAddress(ipaddress.ip_address(text)) for text in ("127.0.0.1", "::1")]
    return x509.SubjectAlternativeName([*map(x509.DNSName, _SERVER_NAMES), *addresses])


def _common(name: str) -> x509.NameAttribute[str]:
    return x509.NameAttribute(NameOID.COMMON_NAME, name)


def _key(path: Path) -> ec.EllipticCurvePrivateKey:
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        write_private(
            path,
            made.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        )
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _is_valid(path: Path) -> bool:
    if not path.exists():
        return False
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return certificate.not_valid_after_utc - datetime.now(UTC) > _RENEW_BEFORE


def _issued_by(path: Path, authority: x509.Certificate) -> bool:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return certificate.issuer == authority.subject


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
