"""Representative good and hostile inputs, as data; every part that takes text from people may run through them."""

import json
from pathlib import Path

_HERE = Path(__file__).parent


def load(name: str):
    """The parsed corpus file of that name; texts are kept in JSON with escapes, so that nothing invisible hides in it."""
    return json.loads((_HERE / f"{name}.json").read_text(encoding="utf-8"))
