"""What the programs of a Kubernetes control plane are started with: keys, files and options."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from trueup.objects import yaml
from trueup.testing.certificates import Authority
from trueup.testing.kube_nodes import LOG, SIMULATED, STAGES, logs_in

_HOUSEKEEPING = (
    "clusterrole-aggregation-controller",
    "garbage-collector-controller",
    "namespace-controller",
    "root-ca-certificate-publisher-controller",
    "serviceaccount-controller",
)

_PATIENT = {f"node-{phase}-grace-period": "24h" for phase in ("startup", "monitor")}
"""The simulated machine gives no sign of life after its first: else all of its Pods would be taken
for dead within a minute, and no Pod that is once not ready is ready again."""


class KubeFiles:
    """Keys and certificates in a folder, and the options that name them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._authority = Authority(folder)
        self._write("ca.crt", self._authority.certificate)
        self._issue("server")
        self._issue("admin", organization="system:masters")
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self._write("accounts.key", private.decode())
        self._write("accounts.pub", public.decode())

    def _issue(self, name: str, organization: str = "") -> None:
        certificate, key = self._authority.issue(name, organization=organization)
        self._write(f"{name}.crt", certificate)
        self._write(f"{name}.key", key)

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        path.touch(mode=0o600)
        path.write_text(text)

    def _base64(self, name: str) -> str:
        return b64encode((self._folder / name).read_bytes()).decode()

    @property
    def kubeconfig(self) -> Path:
        return self._folder / "kubeconfig"

    def write_kubeconfig(self, url: str) -> None:
        """The keys are in it, so that it can be copied to wherever a client reads it."""
        cluster = {"server": url, "certificate-authority-data": self._base64("ca.crt")}
        user = {
            "client-certificate-data": self._base64("admin.crt"),
            "client-key-data": self._base64("admin.key"),
        }
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "real", "cluster": cluster}],
            "users": [{"name": "admin", "user": user}],
            "contexts": [{"name": "real", "context": {"cluster": "real", "user": "admin"}}],
            "current-context": "real",
        }
        self._write(self.kubeconfig.name, yaml.dump(config))

    def etcd_options(self, url: str) -> Mapping[str, object]:
        return {
            "data-dir": self._folder / "etcd",
            "listen-client-urls": url,
            "advertise-client-urls": url,
            "listen-peer-urls": "http://127.0.0.1:0",
            "cert-file": self._folder / "server.crt",
            "key-file": self._folder / "server.key",
            "trusted-ca-file": self._folder / "ca.crt",
            "client-cert-auth": "true",
            "unsafe-no-fsync": "true",
        }

    def server_options(self, etcd: str, port: int) -> Mapping[str, object]:
        return {
            "secure-port": port,
            "bind-address": "127.0.0.1",
            "advertise-address": "127.0.0.1",
            "endpoint-reconciler-type": "none",
            "cert-dir": self._folder,
            "tls-cert-file": self._folder / "server.crt",
            "tls-private-key-file": self._folder / "server.key",
            "client-ca-file": self._folder / "ca.crt",
            "etcd-servers": etcd,
            "etcd-cafile": self._folder / "ca.crt",
            "etcd-certfile": self._folder / "admin.crt",
            "etcd-keyfile": self._folder / "admin.key",
            "authorization-mode": "RBAC",
            "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
            "service-account-key-file": self._folder / "accounts.pub",
            "service-account-signing-key-file": self._folder / "accounts.key",
            "service-cluster-ip-range": "10.96.0.0/16",
        }

    def controller_options(self, *, with_workloads: bool) -> Mapping[str, object]:
        return {
            "kubeconfig": self.kubeconfig,
            "controllers": "*" if with_workloads else ",".join(_HOUSEKEEPING),
            "concurrent-namespace-syncs": 50,
            "kube-api-qps": 1000,
            "kube-api-burst": 1000,
            **_PATIENT,
            "leader-elect": "false",
            "secure-port": 0,
            "use-service-account-credentials": "false",
            "service-account-private-key-file": self._folder / "accounts.key",
            "root-ca-file": self._folder / "ca.crt",
        }

    def scheduler_options(self) -> Mapping[str, object]:
        return {"kubeconfig": self.kubeconfig, "leader-elect": "false", "secure-port": 0}

    def kwok_options(self, port: int) -> Mapping[str, object]:
        """On ``port`` it is the kubelet of its node."""
        self._write("container.log", LOG)
        self._write("kwok.yaml", f"{STAGES}---\n{logs_in(self._folder / 'container.log')}")
        return {
            "kubeconfig": self.kubeconfig,
            "config": self._folder / "kwok.yaml",
            "manage-nodes-with-label-selector": f"{SIMULATED}=true",
            "node-ip": "127.0.0.1",
            "node-port": port,
            "server-address": f"127.0.0.1:{port}",
            "tls-cert-file": self._folder / "server.crt",
            "tls-private-key-file": self._folder / "server.key",
        }
