"""The tools that Trueup renders like: one module each, of one shape (see ``Tool``)."""

from __future__ import annotations

from tests.parity.tools import kustomize
from tests.parity.tools.tool import Tool

TOOLS: dict[str, Tool] = {tool.name: tool for tool in (kustomize.TOOL,)}

__all__ = ["TOOLS", "Tool"]
