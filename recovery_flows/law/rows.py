"""Rows of the law as values: clocks, figures, steps, channels, grounds, each with its source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

_LIMIT = re.compile(r"^(?P<count>[1-9]\d{0,3})(?P<unit>h|d|wd|mo|y)$")


class LimitUnit(StrEnum):
    """`h` elapsed hours; `d`, `mo`, `y` of the calendar; `wd` banking days."""

    HOURS = "h"
    DAYS = "d"
    BANKING_DAYS = "wd"
    MONTHS = "mo"
    YEARS = "y"


class SourceText(StrEnum):
    """Which kind of text was read."""

    PRIMARY = "primary"
    SECONDARY = "secondary text"


class Status(StrEnum):
    """Whether the row was seen in a text or still has to be."""

    CONFIRMED = "confirmed"
    UNVERIFIED = "unverified"


class Measure(StrEnum):
    """What a flow asks a regime for; `[measures]` names the row of each."""

    STOP = "stop"
    CONFIRMATION = "confirmation"
    FREEZE = "freeze"
    FREEZE_MAJOR = "freeze_major"
    UNRELATED_RELEASE = "unrelated_release"
    NOTICE = "notice"
    BANK_RETURN = "bank_return"
    VOLUNTARY = "voluntary"
    COMPLAINT = "complaint"
    DISPOSAL = "disposal"
    MULTI_AGENCY_REQUEST = "linkage"
    MULTI_AGENCY_ANSWER = "linkage_answer"
    PRESERVATION = "preservation"
    OBJECTION_TO_ROWS = "objection_to_rows"
    OBJECTION_TO_SHARE = "objection_to_share"
    OBJECTION_TO_CLAIM = "objection_to_claim"
    APPEAL = "appeal"
    APPEAL_DECISION = "appeal_decision"
    VOLUNTARY_RETURN = "voluntary_return"
    UNCLAIMED = "unclaimed"
    CLAWBACK = "clawback"
    THIRD_PARTY_CLAIM = "third_party_claim"
    FREEZE_DAMAGES = "freeze_damages"
    DAMAGES_PAYMENT = "damages_payment"
    VICTIM_MESSAGE = "victim_message"


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time the law counts, such as 48 h, 6 mo or 3 wd."""

    count: int
    unit: LimitUnit

    @classmethod
    def parse(cls, text: object) -> Limit:
        """Read `48h`, `30d`, `3wd`, `6mo`, `2y`; ValueError says what is wrong."""
        match = _LIMIT.match(text) if isinstance(text, str) else None
        if match is None:
            raise ValueError(f"limit {text!r} is not a count and one of h, d, wd, mo, y")
        return cls(int(match["count"]), LimitUnit(match["unit"]))

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """Where a row comes from: the instrument's name and article, the text read, its status."""

    code: str
    instrument: str
    article: str
    source_text: SourceText
    status: Status
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Sourced):
    """One clock: what starts it, how long it runs, what its end does, who approves.

    `repeats` is how often it may be ordered again after the first; None says without limit.
    """

    limit: Limit
    start_event: str
    on_expiry: str
    approver: str
    repeats: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Sourced):
    """Numbers that are not clocks; minor units where `unit` is a currency."""

    values: tuple[int, ...]
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Sourced):
    """One step of the return ladder, with its formula in words and the formula's version."""

    needs_notice: bool
    version: str
    formula: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority(Sourced):
    """One class of claims on an estate that is too short for all; what stands first is paid first.

    A regime lists its classes in their order.
    """

    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Sourced):
    """A way across a border: the fields a request must have and what can be asked."""

    required_fields: tuple[str, ...]
    assistance_kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground(Sourced):
    """One ground on which a request may be refused, or waits: `kind` says what it does to it."""

    text: str
    kind: str = "refusal"

    @property
    def refuses(self) -> bool:
        """Whether it sends a request back; by the others a request that was received waits."""
        return self.kind in ("refusal", "pending")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure(Sourced):
    """Which classes of data may leave for which recipients only under a recorded approval.

    `reference_field` is the field of a request that names that approval.
    """

    classes: tuple[str, ...]
    recipients: tuple[str, ...]
    reference_field: str


def data_classes(table: Mapping[str, list[str]]) -> dict[str, str]:
    """Field -> class of its data; ValueError for a field that is in two classes."""
    found: dict[str, str] = {}
    for name, named in table.items():
        for field in named:
            if field in found:
                raise ValueError(f"data_classes, field {field!r}: in {found[field]} and in {name}")
            found[field] = name
    return found
