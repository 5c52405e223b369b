"""The server describes itself: groups, versions, resources, OpenAPI, its version, its health."""
