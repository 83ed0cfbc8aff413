"""The one filter for text from outside: what a terminal or a printer would obey, or would hide.

Screens, commands and letters show every such character as U+FFFD (`safe`). Intake and the register
refuse a value that holds one of the first kind, and let joiners pass that belong to names.
"""

from __future__ import annotations

import re

REPLACEMENT = "\ufffd"
# C0, C1; Arabic letter mark, left-to-right and right-to-left marks, line and paragraph separators,
# embeddings, overrides, isolates; surrogates. They move the cursor, recolour or reorder.
_STEERING = "\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
# Soft hyphen, zero-width and invisible characters, number signs that join, byte order mark,
# annotations, shorthand and music controls, tags: they hide text or make two names look alike.
_HIDING = (
    "\u00ad\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200d\u2060-\u2065"
    "\u206a-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
_SHOWN_AS_SIGN = re.compile(f"[{_STEERING}{_HIDING}]")
_REFUSED = re.compile(f"[{_STEERING}]")


def safe(text: object) -> str:
    """One line of text that steers nothing and hides nothing; such characters show as U+FFFD."""
    return _SHOWN_AS_SIGN.sub(REPLACEMENT, str(text))


def steers(text: str) -> bool:
    """Whether a value holds a character that moves, recolours or reorders what is shown."""
    return _REFUSED.search(text) is not None


def steers_or_hides(text: str) -> bool:
    """Whether `safe` would change a text."""
    return _SHOWN_AS_SIGN.search(text) is not None
