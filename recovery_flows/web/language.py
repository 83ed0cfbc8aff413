"""In which language the pages before a log-in are written: the one that the browser asks for."""

from __future__ import annotations

import re
from decimal import Decimal

from models.language.catalogue import Language

_WANTED = re.compile(
    r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?"
)
_HEADER_MAX = 500


def language_of(accept: str) -> Language:
    """The language that an `Accept-Language` wants most of those that there are; else English."""
    best, most = Language.ENGLISH, Decimal(0)
    for piece in accept[:_HEADER_MAX].split(","):
        found = _WANTED.fullmatch(piece)
        if found is None or found[1].lower() not in set(Language):
            continue
        weight = Decimal(found[2] or 1)
        if weight > most:
            best, most = Language(found[1].lower()), weight
    return best
