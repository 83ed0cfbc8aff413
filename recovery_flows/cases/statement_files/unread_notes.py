"""A note about a stored file: which of its fields no reader looks at, by name and count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from models.engine import Database
from models.ids import canonical
from models.store.documents import keep_bytes

KIND = "what was not read"


def keep_note(database: Database, document: str, unread: Mapping[str, int], now: datetime) -> str:
    """Keep the note sealed, as the file itself; its digest, "" where all of the file was read.

    Names of columns come from outside, and somebody may have written anything into them.
    """
    if not unread:
        return ""
    note = canonical({"document": document, "not_read": dict(sorted(unread.items()))})
    return keep_bytes(database, note, KIND, "application/json", now)
