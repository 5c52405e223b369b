"""The tools that Trueup renders like: one module each, of one shape (see ``Tool``)."""

from __future__ import annotations

from tests.parity.tools import directory, helm, jsonnet, kustomize, sops, substitute
from tests.parity.tools.tool import Tool

TOOLS: dict[str, Tool] = {
    module.TOOL.name: module.TOOL
    for module in (kustomize, helm, jsonnet, sops, directory, substitute)
}

__all__ = ["TOOLS", "Tool"]
