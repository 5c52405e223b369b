"""The flags for folders as Flux renders them, apart from what renders: that takes long to load."""

from __future__ import annotations

from pathlib import Path

import click

from trueup.cli.rendering.options import flag_of, together

_option = flag_of("Flux options", "flux")

options = together(
    _option(
        "--decrypt", is_flag=True, help="Decrypt what SOPS encrypted, as spec.decryption does."
    ),
    _option(
        "--sops-age-key-file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="age keys to decrypt with, beside those that sops itself would find.",
    ),
    _option("--show-secrets", is_flag=True, help="Print decrypted values instead of a mask."),
)
