"""Sentences about restricted recoveries: who sees one, and that some are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.language.phrase import phrase
from recovery_flows.wording import counted

if TYPE_CHECKING:
    from models.queries.installation.restrictions import RestrictionView, Unseen


def left_out(others: Unseen) -> str:
    """That what is shown is without some recoveries, and whom to ask; "" where nothing is."""
    if not others.count:
        return ""
    what = counted(others.count, "restricted recovery", "restricted recoveries")
    return phrase(
        "without {what} that you do not see: ask {officers}",
        what=what,
        officers=", ".join(others.ask),
    )


def seen_by(one: RestrictionView) -> str:
    """Who sees a restricted recovery."""
    return phrase("restricted: seen by {officers}", officers=", ".join(sorted(one.people)))
