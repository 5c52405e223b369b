"""OCI registries: artifacts and charts that are kept where images are.

::

    Reference ──▶ Registry (who asks: Credentials) ──▶ Manifest ──▶ a layer ──▶ Tree

A manifest and each layer are what their digest says, or they are refused. Nothing else in a
registry is trusted: not the addresses that a layer may name, nor a redirect with our credentials.
"""

from trueup.fetch.oci.artifact import fetch_files
from trueup.fetch.oci.credentials import Credentials, Keyring
from trueup.fetch.oci.manifest import Descriptor, Manifest
from trueup.fetch.oci.reference import Reference
from trueup.fetch.oci.registry import Registry

__all__ = [
    "Credentials",
    "Descriptor",
    "Keyring",
    "Manifest",
    "Reference",
    "Registry",
    "fetch_files",
]
