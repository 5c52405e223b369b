"""Azure Key Vault: a token of azure-identity, and one REST call."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

from azure.core.exceptions import AzureError, ServiceRequestError, ServiceResponseError
from azure.identity import (
    CertificateCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
)

from trueup.cluster.identity import azure
from trueup.cluster.identity.access import said_of
from trueup.errors import DecryptionError, Unavailable
from trueup.keys.calls import Post, post
from trueup.keys.material import KeyMaterial
from trueup.keys.ring import Open
from trueup.render.sops import MasterKey

_API_VERSION = "7.4"


def opener(
    material: KeyMaterial, options: Mapping[str, Any] = MappingProxyType({}), post: Post = post
) -> Open:
    """``options`` are those of azure-identity's credentials."""
    credential = _credential(material, {**azure.PATIENCE, **options})
    return lambda key: open_with(credential, key, post)


def open_with(credential: Any, key: MasterKey, post: Post = post) -> bytes:
    """What ``key`` encrypts, for whoever ``credential`` of azure-identity is."""
    url, audience = _place(key)
    token = _token(credential, f"{audience}/.default")
    body = {"alg": "RSA-OAEP-256", "value": key.enc}
    answer = post(url, {"Authorization": f"Bearer {token}"}, body)
    try:
        text = str(answer["value"])
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (KeyError, binascii.Error):
        raise DecryptionError("the vault's answer holds no key") from None


def _credential(material: KeyMaterial, options: Mapping[str, Any]) -> Any:
    """The credentials given count, then the account, else whoever this machine is, if allowed."""
    given, acting = material.azure, material.account
    if given is None and acting is not None:
        return azure.exchanging(acting.account, lambda: acting.token(azure.AUDIENCE), options)
    if given is None:
        if not material.ambient:
            raise DecryptionError("there are no Azure credentials here")
        return azure.own_credential(options)
    host = given.get("authorityHost")
    try:
        return _made(given, {**options, "authority": host} if host else options)
    except ValueError as error:
        raise DecryptionError(f"the Azure credentials cannot be used: {error}"[:300]) from None


def _made(given: Mapping[str, Any], options: Mapping[str, Any]) -> Any:
    tenant, client = given.get("tenantId"), given.get("clientId")
    if tenant and client and given.get("clientSecret"):
        return ClientSecretCredential(tenant, client, given["clientSecret"], **options)
    if tenant and client and given.get("clientCertificate"):
        return CertificateCredential(
            tenant,
            client,
            certificate_data=str(given["clientCertificate"]).encode(),
            password=given.get("clientCertificatePassword") or None,
            send_certificate_chain=bool(given.get("clientCertificateSendChain")),
            **options,
        )
    if given.get("tenant") and given.get("appId") and given.get("password"):
        return ClientSecretCredential(given["tenant"], given["appId"], given["password"], **options)
    if client:
        return ManagedIdentityCredential(client_id=client, **options)
    raise DecryptionError(
        "the Azure credentials name no clientId",
        next_step="give tenantId, clientId and clientSecret or clientCertificate",
    )


def _place(key: MasterKey) -> tuple[str, str]:
    """Where the key decrypts, and whom a token is for: the cloud that the vault is of."""
    parts = urlsplit(str(key.fields["vault_url"]))
    vault, _, cloud = (parts.hostname or "").partition(".")
    if parts.scheme != "https" or not vault or "." not in cloud or parts.port:
        raise DecryptionError("its vault_url is none of a key vault")
    names = (quote(str(key.fields[field]), safe="") for field in ("name", "version"))
    path = "/".join(("keys", *filter(None, names), "decrypt"))
    return (
        f"https://{parts.hostname}/{path}?api-version={_API_VERSION}",
        f"https://{cloud}",
    )


def _token(credential: Any, scope: str) -> str:
    try:
        return str(credential.get_token(scope).token)
    except (ServiceRequestError, ServiceResponseError) as error:
        raise Unavailable(f"no token of Azure: {said_of(error)}") from error
    except (AzureError, ValueError) as error:
        raise DecryptionError(f"no token of Azure: {said_of(error)}") from None
