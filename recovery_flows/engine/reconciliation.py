"""Reconciliation: every hold and payout asked of its bank now, and held against our ledger.

Exit code of the command: 0 all asked and equal; 5 (a disagreement) when a bank says another figure;
4 (not available) when nothing differs but a bank could not be asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.entities.payout import PayoutState
from models.facts import BankPayoutState
from models.ids import PartnerId
from models.money import Money
from models.queries.books.accounting import BookedHold, BookedPayout, booked_holds, booked_payouts
from models.queries.books.daily_books import letter_partners
from recovery_flows.engine.context import Engine
from recovery_flows.errors import (
    AnswerUnreadableError,
    DisagreementError,
    PartnerRefusedError,
    RecoveryFlowsError,
    UnavailableError,
)
from recovery_flows.partners.rbp1 import wire
from recovery_flows.partners.rbp1.client import PartnerBank

_NOT_FOUND = (404, "NotFound")


class Figure(StrEnum):
    """Which figure of a hold or payout is compared."""

    HELD = "held"
    RETURNED = "returned"
    DEBITED = "debited"


class Verdict(StrEnum):
    """How one comparison ended."""

    EQUAL = "equal"
    DIFFERENT = "different"
    NOT_ASKED = "could not be asked"
    BY_LETTER = "by letter: not asked"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure at one bank, ours and theirs, in the account's currency; theirs None: not asked.

    A difference above zero is more in our books than at the bank.
    """

    partner: str
    figure: Figure
    ref: str
    subject_id: str
    bank_ref: str
    verdict: Verdict
    ours: Money
    theirs: Money | None
    difference: Money | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Every figure asked for, by partner; what differs or was not asked is told apart."""

    lines: tuple[Line, ...]

    @property
    def differences(self) -> tuple[Line, ...]:
        """Lines where the bank says another figure than our ledger."""
        return tuple(line for line in self.lines if line.verdict is Verdict.DIFFERENT)

    @property
    def not_asked(self) -> tuple[Line, ...]:
        """Lines whose bank could not be asked."""
        return tuple(line for line in self.lines if line.verdict is Verdict.NOT_ASKED)

    @property
    def by_letter(self) -> tuple[Line, ...]:
        """Lines of partners that no program can ask."""
        return tuple(line for line in self.lines if line.verdict is Verdict.BY_LETTER)

    @property
    def exit_code(self) -> int:
        """0 all equal, 5 a difference, 4 no difference but a bank that could not be asked."""
        if self.differences:
            return DisagreementError.exit_code
        return UnavailableError.exit_code if self.not_asked else 0


@dataclass(slots=True)
class _Asked:
    """One partner while it is asked; once it is away, nothing more is asked of it."""

    bank: PartnerBank | None
    turn: asyncio.Semaphore
    away: RecoveryFlowsError | None = None


async def reconcile(engine: Engine) -> Reconciliation:
    """Ask every partner for each of our holds and payouts and compare, to the minor unit.

    So many at once as the engine's pace allows; nothing is changed by it.
    """
    with engine.database.reading() as session:
        booked: list[BookedHold | BookedPayout] = [*booked_holds(session)]
        booked += booked_payouts(session)
        by_letter = letter_partners(session)
    asked = [b for b in booked if b.partner_id not in by_letter]
    partners = {b.partner_id: await _reach(engine, b.partner_id) for b in asked}
    found = await asyncio.gather(*(_compare(engine, partners[b.partner_id], b) for b in asked))
    # No program can ask them: their answers are entered by hand, and nothing is missing here.
    on_paper = [b for b in booked if b.partner_id in by_letter]
    found += [_not_asked(b, _ours(b), None, Verdict.BY_LETTER) for b in on_paper]
    return Reconciliation(tuple(line for lines in found for line in lines))


async def _reach(engine: Engine, partner_id: str) -> _Asked:
    turn = asyncio.Semaphore(engine.pace.connections)
    try:
        return _Asked(await engine.bank(partner_id), turn)
    except RecoveryFlowsError as error:
        return _Asked(None, turn, error)


async def _compare(
    engine: Engine, partner: _Asked, booked: BookedHold | BookedPayout
) -> list[Line]:
    is_hold = isinstance(booked, BookedHold)
    ours = _ours(booked)
    async with partner.turn:
        if partner.bank is None or partner.away is not None:
            return _not_asked(booked, ours, partner.away)
        engine.count_call("reconcile")
        try:
            ask = partner.bank.hold if is_hold else partner.bank.payout
            told, theirs = _read(booked, (await ask(booked.bank_ref)).body)
        except PartnerRefusedError as error:
            if (error.status, error.problem) != _NOT_FOUND:
                return _not_asked(booked, ours, error)
            told, theirs = "the bank has none", {}
        except RecoveryFlowsError as error:
            partner.bank.forget()
            partner.away = error if isinstance(error, UnavailableError) else None
            return _not_asked(booked, ours, error)
    return [
        _line(booked, figure, mine, theirs.get(figure, Money(0, mine.currency)), told)
        for figure, mine in ours.items()
    ]


def _ours(booked: BookedHold | BookedPayout) -> dict[Figure, Money]:
    return _ours_of_hold(booked) if isinstance(booked, BookedHold) else _ours_of_payout(booked)


def _ours_of_hold(booked: BookedHold) -> dict[Figure, Money]:
    return {Figure.HELD: Money(booked.held_minor, booked.currency)}


def _ours_of_payout(booked: BookedPayout) -> dict[Figure, Money]:
    """Money counts as returned, on both sides, only when it is settled."""
    if booked.state is not PayoutState.SETTLED:
        return {Figure.RETURNED: Money(0, booked.settled_currency)}
    return {
        Figure.RETURNED: Money(booked.settled_minor, booked.settled_currency),
        Figure.DEBITED: Money(booked.debited_minor, booked.debited_currency),
    }


def _read(booked: BookedHold | BookedPayout, body: bytes) -> tuple[str, dict[Figure, Money]]:
    """The state and the figures of an answer; AnswerUnreadableError if it is none."""
    partner = PartnerId(booked.partner_id)
    if isinstance(booked, BookedHold):
        hold = wire.parse_hold(body, partner)
        _check_reference(partner, hold.bank_ref, booked.bank_ref)
        return str(hold.state), {Figure.HELD: hold.held}
    payout = wire.parse_payout(body, partner)
    _check_reference(partner, payout.bank_ref, booked.bank_ref)
    if payout.state is not BankPayoutState.SETTLED:
        return str(payout.state), {}
    figures = {Figure.RETURNED: payout.amount, Figure.DEBITED: payout.debited or payout.amount}
    return str(payout.state), figures


def _check_reference(partner: PartnerId, told: str, asked: str) -> None:
    if told != asked:
        raise AnswerUnreadableError(partner, "id", "is not what was asked for")


def _line(
    booked: BookedHold | BookedPayout, figure: Figure, ours: Money, theirs: Money, told: str
) -> Line:
    equal = ours == theirs
    difference = ours - theirs if ours.currency == theirs.currency else None
    sentence = f"{booked.ref} {figure} at {booked.partner_id}: ours {ours}, theirs {theirs}"
    if not equal:
        sentence += f" ({told}); the bank's word is booked when its feed is read next"
    verdict = Verdict.EQUAL if equal else Verdict.DIFFERENT
    return Line(
        booked.partner_id, figure, booked.ref, _subject(booked), booked.bank_ref, verdict, ours,
        theirs, difference, sentence,
    )  # fmt: skip


def _not_asked(
    booked: BookedHold | BookedPayout,
    ours: Mapping[Figure, Money],
    error: RecoveryFlowsError | None,
    verdict: Verdict = Verdict.NOT_ASKED,
) -> list[Line]:
    why = f": {error}" if error is not None else ""
    sentence = f"{booked.ref} at {booked.partner_id} {verdict}{why}"
    return [
        Line(
            booked.partner_id, figure, booked.ref, _subject(booked), booked.bank_ref,
            verdict, mine, None, None, sentence,
        )
        for figure, mine in ours.items()
    ]  # fmt: skip


def _subject(booked: BookedHold | BookedPayout) -> str:
    return booked.hold_id if isinstance(booked, BookedHold) else booked.payout_id
