"""The options that keep the tenants of one cluster apart."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from trueup.objects.names import dns_subdomain


def tenancy_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds them; the verb gets what they say as ``tenancy``."""

    @click.option(
        "--no-cross-namespace-refs",
        is_flag=True,
        help="Refuse deliveries that refer to what is in another namespace.",
    )
    @click.option(
        "--default-service-account",
        metavar="NAME",
        default="",
        callback=_name,
        help="Account, of its own namespace, that a delivery acts as if it names none.",
    )
    @click.option(
        "--default-kubeconfig-service-account",
        metavar="NAME",
        default="",
        callback=_name,
        help="Account whose identity a configMapRef without serviceAccountName takes to another"
        " cluster. Default: that of --default-service-account.",
    )
    @click.option(
        "--default-decryption-service-account",
        metavar="NAME",
        default="",
        callback=_name,
        help="Account, of its own namespace, that asks services for keys where spec.decryption names"
        " none.",
    )
    @wraps(command)
    def with_tenancy(
        *,
        no_cross_namespace_refs: bool,
        default_service_account: str,
        default_kubeconfig_service_account: str,
        default_decryption_service_account: str,
        **options: Any,
    ) -> Any:
        from trueup.dialects.flux.tenancy import Tenancy

        tenancy = Tenancy(
            no_cross_namespace_refs,
            default_service_account,
            default_kubeconfig_service_account,
            default_decryption_service_account,
        )
        return command(tenancy=tenancy, **options)

    return with_tenancy


def _name(context: click.Context, option: click.Parameter, name: str) -> str:
    if name and (problems := dns_subdomain(name)):
        raise click.BadParameter(problems[0])
    return name
