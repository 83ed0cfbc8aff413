"""An adopted trace: what may happen to it, its columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from sqlmodel import Field

from models.columns import Id, Rows, Text24, Text64, foreign_key

TRACE_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "adopted"): "adopted",
    ("adopted", "replaced"): "replaced",
}


class Trace(Rows, table=True):
    """An adopted attribution: rule, as of, the result as ids and amounts (JSON)."""

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    rule: Text24
    as_of: datetime
    state: Annotated[str, Field(max_length=24, index=True)]
    result_digest: Text64
    result_json: str
