"""The rule among victims where a rule speaks of own and stolen money only."""

from __future__ import annotations

from enum import StrEnum


class Among(StrEnum):
    """How several victims' money in one account is told apart: by age, or in equal shares."""

    FIFO = "fifo"
    PRO_RATA = "pro_rata"
