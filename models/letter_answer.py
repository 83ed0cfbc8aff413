"""What a person read in a bank's letter: typed, spelled as JSON, sealed until a second look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.ids import canonical
from models.language.phrase import phrase
from models.money import Money
from models.outcome import spelled


class AnswerState(StrEnum):
    """What a bank says by letter; which of them fits depends on what it was asked."""

    HELD = "held"
    QUEUED = "queued"
    REFUSED = "refused"
    ACKNOWLEDGED = "acknowledged"
    RELEASED = "released"
    EXPIRED = "expired"
    SETTLED = "settled"
    RETURNED = "returned"
    TOLD = "told"


class LetterStand(StrEnum):
    """How far a letter is that is not answered yet."""

    TO_PRINT = "to be printed"
    TO_SEND = "to be sent"
    WAITS = "waits for the answer"
    LOOKED_AT = "answer waits for a second look"
    RETURNED = "answer returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedAnswer:
    """One answer as it was typed; `zone` is the legal time zone in which its instants are shown.

    `amount` is in the currency of the account, for a payout in the payee's; `told` is what a
    statement file says of itself.
    """

    state: AnswerState
    zone: str
    amount: Money | None = None
    acted_at: datetime | None = None
    expires_at: datetime | None = None
    reason: str = ""
    bank_ref: str = ""
    booking_ref: str = ""
    booked_at: datetime | None = None
    debited: Money | None = None
    told: tuple[tuple[str, str], ...] = ()

    def spelled(self) -> bytes:
        """One spelling, of which a digest can be made."""
        body = {name: _plain(getattr(self, name)) for name in self.__slots__}
        return canonical(body)

    @classmethod
    def read(cls, raw: str) -> TypedAnswer:
        """Read back what `spelled` wrote."""
        body = json.loads(raw)
        return cls(
            state=AnswerState(body["state"]),
            zone=body["zone"],
            amount=_money(body["amount"]),
            acted_at=_instant(body["acted_at"]),
            expires_at=_instant(body["expires_at"]),
            reason=body["reason"],
            bank_ref=body["bank_ref"],
            booking_ref=body["booking_ref"],
            booked_at=_instant(body["booked_at"]),
            debited=_money(body["debited"]),
            told=tuple((name, text) for name, text in body["told"]),
        )

    def figures(self) -> Iterator[tuple[str, str]]:
        """Each thing that was typed, with its name, for a second person to hold to the letter."""
        yield phrase("the bank says"), str(self.state)
        for name, text in (
            (phrase("amount"), self.amount),
            (phrase("acted at"), self._local(self.acted_at)),
            (phrase("holds until"), self._local(self.expires_at)),
            (phrase("reason"), self.reason),
            (phrase("its reference"), self.bank_ref),
            (phrase("booked at"), self._local(self.booked_at)),
            (phrase("its booking"), self.booking_ref),
            (phrase("debited"), self.debited),
            *self.told,
        ):
            if text is not None and str(text):
                yield name, str(text)

    def _local(self, at: datetime | None) -> str:
        return "" if at is None else f"{at.astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M %Z}"


def _plain(value: object) -> object:
    if isinstance(value, Money):
        return [value.minor, value.currency]
    if isinstance(value, datetime):
        return spelled(value)
    if isinstance(value, tuple):
        return [list(pair) for pair in value]
    return value


def _money(pair: list[object] | None) -> Money | None:
    return None if pair is None else Money(int(str(pair[0])), str(pair[1]))


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
