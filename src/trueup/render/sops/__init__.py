"""Decryption of what SOPS encrypted, in the bytes of ``sops decrypt``.

Pure: ``data_key`` asks for the document's key through a port, all else is computing on text.
``stores`` reads and writes the formats, ``decrypt`` walks the tree and checks the MAC.
"""

from trueup.render.sops.data_key import DataKeys
from trueup.render.sops.decrypt import MAX_BYTES, Decrypted, decrypt
from trueup.render.sops.formats import Format, format_by_mark, format_of_path, has_mark
from trueup.render.sops.metadata import MasterKey

__all__ = [
    "MAX_BYTES",
    "DataKeys",
    "Decrypted",
    "Format",
    "MasterKey",
    "decrypt",
    "format_by_mark",
    "format_of_path",
    "has_mark",
]
