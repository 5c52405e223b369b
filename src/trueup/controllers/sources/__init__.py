"""From what a source's resource asks for to an artifact, again whenever its reference moves."""
