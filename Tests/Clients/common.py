"""What the clients have in common: where gafferd is, and how a failure is told."""

import os
import sys

#: As http://127.0.0.1:5000.
BASE = os.environ["GAFFER_BASE"]
#: The same for websockets.
WS = BASE.replace("http", "ws", 1)
#: A key that may do everything, or nothing where none is needed.
KEY = os.environ.get("GAFFER_KEY", "")
HEADERS = {"X-API-Key": KEY} if KEY else {}


def expect(condition, what):
    """Ends the script with a message unless the condition holds."""
    if not condition:
        print(f"not so: {what}", file=sys.stderr)
        sys.exit(1)


def equal(found, wanted, what):
    """Ends the script with a message unless both are the same."""
    expect(found == wanted, f"{what}: {found!r} instead of {wanted!r}")
