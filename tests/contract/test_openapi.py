"""What of the built-in kinds ships with Trueup is what a server publishes."""

from __future__ import annotations

from tests.contract.server import Server
from tests.scripts import script
from trueup.schema.builtin import published


async def test_defaults_texts_and_their_values_are_those_that_ship(server: Server) -> None:
    building = script("build_published")
    assert building.told(await building.documents(server.transport)) == published()
