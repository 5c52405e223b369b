"""A proxy in front of an API server that makes faults on the wire, and counts what comes.

It speaks HTTP/1.1 over TLS, both ways, and changes nothing until it is told to: not the token of
the client, nor the answers. Faults are made here and not in a client, so that whatever runs
against the proxy is the real thing. ``faults.Faults`` is the small brother for unit tests.
"""

from trueup.testing.proxy.faults import Fault, Matching
from trueup.testing.proxy.proxy import FaultProxy

__all__ = ["Fault", "FaultProxy", "Matching"]
