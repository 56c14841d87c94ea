"""Teaches schemathesis how bodies of SDP are sent, which it does not know by itself. Read by it at its start
(openapi.e2e.ts); the bodies are then texts like any others, right and wrong ones.
"""

import schemathesis


@schemathesis.serializer("application/sdp", "application/trickle-ice-sdpfrag")
def sent_as_text(_context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
