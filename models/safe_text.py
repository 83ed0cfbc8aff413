"""Filters control and invisible characters from all text that comes from outside.

Screens, commands and letters show every such character as U+FFFD (`safe`); marks of direction,
which belong to Arabic and Hebrew names, are not shown, and right-to-left words stand isolated, so
that they reorder nothing beside them. Intake and the register refuse a value that holds one of the
first kind; in a name (`misleads`) only what reorders other letters or is no letter at all.
"""

from __future__ import annotations

import re

REPLACEMENT = "\ufffd"
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
# Arabic letter mark, left-to-right and right-to-left marks, embeddings and their end, isolates.
_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202c\u2066-\u2069"
# C0, C1; line and paragraph separators, overrides; surrogates. They move the cursor, recolour, or
# show letters in another order than they are in.
_MISLEADING = "\x00-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e\ud800-\udfff"
# Soft hyphen, zero-width and invisible characters, number signs that join, byte order mark,
# annotations, shorthand and music controls, tags: they hide text or make two names look alike.
_HIDING = (
    "\u00ad\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200d\u2060-\u2065"
    "\u206a-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
# Letters that are written from right to left: Hebrew to Arabic extended, their presentation forms,
# and the scripts of the supplementary plane.
_LEFTWARD = (
    "\u0590-\u05ff\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u088f\u0892-\u08e1\u08e3-\u08ff"
    "\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
)
_SHOWN_AS_SIGN = re.compile(f"[{_MISLEADING}{_HIDING}]")
_TOUCHED = re.compile(f"[{_MISLEADING}{_HIDING}{_DIRECTIONS}{_LEFTWARD}]")
_REFUSED = re.compile(f"[{_MISLEADING}{_DIRECTIONS}]")
_REFUSED_IN_NAMES = re.compile(f"[{_MISLEADING}]")
_CHANGED = re.compile(f"[{_MISLEADING}{_HIDING}{_DIRECTIONS}]")
_ISOLATED = re.compile(f"{FIRST_STRONG_ISOLATE}([^{_DIRECTIONS}]*){POP_ISOLATE}")
_DIRECTION = re.compile(f"[{_DIRECTIONS}]")
# From the first right-to-left letter to the last of a run, with what is neither letter nor digit
# between two of them.
_LEFTWARD_RUN = re.compile(f"[{_LEFTWARD}]+(?:[^\\w{_LEFTWARD}]{{1,8}}[{_LEFTWARD}]+)*")


def safe(text: object) -> str:
    """The text with control and invisible characters replaced by U+FFFD, on one line.

    Right-to-left words are isolated, once: what is safe already stays as it is.
    """
    given = str(text)
    # No letter that is printed in ASCII is touched, and nearly all that is shown is of those.
    if (given.isascii() and given.isprintable()) or not _TOUCHED.search(given):
        return given
    pieces = _ISOLATED.split(_SHOWN_AS_SIGN.sub(REPLACEMENT, given))
    return "".join(
        # Every second piece stood in an isolate of its own.
        _isolated(_DIRECTION.sub("", piece), whole=bool(number % 2))
        for number, piece in enumerate(pieces)
    )


def _isolated(text: str, *, whole: bool) -> str:
    if whole:
        is_leftward = _LEFTWARD_RUN.search(text) is not None
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if is_leftward else text
    return _LEFTWARD_RUN.sub(lambda run: f"{FIRST_STRONG_ISOLATE}{run[0]}{POP_ISOLATE}", text)


def closed(text: str) -> str:
    """A safe text that was cut; an isolate that lost its end is closed."""
    is_open = text.count(FIRST_STRONG_ISOLATE) > text.count(POP_ISOLATE)
    return f"{text}{POP_ISOLATE}" if is_open else text


def undirected(text: str) -> str:
    """A text without its marks of direction, to compare or to test for emptiness."""
    return _DIRECTION.sub("", text)


def steers(text: str) -> bool:
    """Whether a value has a character that moves the cursor, recolours or reorders text."""
    return _REFUSED.search(text) is not None


def misleads(text: str) -> bool:
    """The same for a name or a free text, in which marks of direction have their place."""
    return _REFUSED_IN_NAMES.search(text) is not None


def steers_or_hides(text: str) -> bool:
    """Whether a text holds any character that is not shown as it is."""
    return _CHANGED.search(text) is not None
