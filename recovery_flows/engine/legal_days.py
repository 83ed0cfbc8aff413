"""Reconciliation day by day: our ledger's legal days held against each bank's own figures.

Which time a difference falls on, and how delay is told from it, is in `rules.legal_days`. What the
bank's feed tells and we have not booked yet would be delay too: where a figure differs the feed is
looked at (nothing is booked by that), and the sentence says how much news waits there.

Exit code of the command: 0 all equal, learned later or not; 5 (a disagreement) when a bank's figure
is another; 4 (not available) when nothing differs but a bank could not be asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from models.facts import DayFact, FeedFact, HoldFact, RequestFact, TaskFact
from models.ids import PartnerId
from models.queries.books.daily_books import (
    BookedPartner,
    HeldChange,
    PaidOut,
    booked_partners,
    held_changes,
    known_revisions,
    paid_out,
)
from models.trouble import Trouble
from recovery_flows.engine.context import Engine
from recovery_flows.errors import (
    DisagreementError,
    MisuseError,
    RecoveryFlowsError,
    UnavailableError,
)
from recovery_flows.ledger import legal_days
from recovery_flows.ledger.legal_day_figures import DayLine, DayVerdict, compare
from recovery_flows.ledger.legal_days import Change, day_begins, day_of, days_between
from recovery_flows.partners.rbp1 import daily

_DAY = timedelta(days=1)
BY_LETTER = "by letter: not asked"
NOTHING_BOOKED = "nothing is booked there: not asked"


@dataclass(frozen=True, slots=True)
class PartnerDays:
    """One partner's days; `not_asked` says why there are none (then `failed`: it should have been).

    Days are those of `time_zone`. `unread` counts what its feed tells that is not booked yet.
    """

    partner: str
    time_zone: str
    first: date | None = None
    last: date | None = None
    lines: tuple[DayLine, ...] = ()
    unread: int = 0
    not_asked: str = ""
    trouble: Trouble = Trouble.NONE
    failed: bool = False

    @property
    def differences(self) -> tuple[DayLine, ...]:
        """Lines on which the bank says another figure."""
        return tuple(x for x in self.lines if x.verdict is DayVerdict.DIFFERENT)

    @property
    def first_difference(self) -> DayLine | None:
        """The first of them: the day on which the books parted."""
        return next(iter(self.differences), None)


@dataclass(frozen=True, slots=True)
class DaysReconciliation:
    """Every partner that was to be compared."""

    partners: tuple[PartnerDays, ...]

    @property
    def exit_code(self) -> int:
        """0 all equal, 5 a difference, 4 no difference but a bank that could not be asked."""
        if any(p.differences for p in self.partners):
            return DisagreementError.exit_code
        return UnavailableError.exit_code if any(p.failed for p in self.partners) else 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which days: None is from the first that our books know, and to the last that is over."""

    first: date | None = None
    last: date | None = None
    partner_id: str = ""


async def reconcile_days(engine: Engine, wanted: Wanted) -> DaysReconciliation:
    """Compare the days of every partner bank, or of one; nothing is changed by it.

    MisuseError for an unknown partner and for days that are not over in its time zone.
    """
    with engine.database.reading() as session:
        partners = booked_partners(session)
        held = held_changes(session, wanted.partner_id)
        paid = paid_out(session, wanted.partner_id)
    if wanted.partner_id and wanted.partner_id not in {p.id for p in partners}:
        raise MisuseError(f"there is no partner bank {wanted.partner_id!r}")
    asked = [p for p in partners if wanted.partner_id in ("", p.id)]
    plans = [_plan(engine, partner, wanted, _Books.of(partner, held, paid)) for partner in asked]
    return DaysReconciliation(tuple([await _compare(engine, plan) for plan in plans]))


@dataclass(frozen=True, slots=True)
class _Books:
    """What is booked at one partner."""

    held: tuple[Change, ...]
    paid: tuple[Change, ...]

    @classmethod
    def of(
        cls, partner: BookedPartner, held: Sequence[HeldChange], paid: Sequence[PaidOut]
    ) -> _Books:
        def here(rows: Sequence[HeldChange | PaidOut]) -> tuple[Change, ...]:
            return tuple(
                Change(r.hold_id, r.currency, r.minor, r.at, r.booked_at)
                for r in rows
                if r.partner_id == partner.id
            )

        return cls(here(held), here(paid))


@dataclass(frozen=True, slots=True)
class _Plan:
    partner: BookedPartner
    books: _Books
    found: PartnerDays


def _plan(engine: Engine, partner: BookedPartner, wanted: Wanted, books: _Books) -> _Plan:
    zone = engine.laws[partner.regime].time_zone
    over = day_of(engine.now(), zone) - _DAY
    instants = [c.at for c in (*books.held, *books.paid)]
    begun = min((day_of(at, zone) for at in instants), default=None)
    first, last = wanted.first or begun, wanted.last or over
    found = PartnerDays(partner.id, zone, first, last)
    if partner.by_letter:
        return _Plan(partner, books, replace(found, first=None, last=None, not_asked=BY_LETTER))
    if first is None:
        return _Plan(partner, books, replace(found, last=None, not_asked=NOTHING_BOOKED))
    if last > over:
        raise MisuseError(f"{last} is not over at {partner.id}: its days are those of {zone}")
    if first > last:
        if wanted.first is not None:
            raise MisuseError(f"--from {first} is after {last}, the last day to compare")
        sentence = f"nothing was booked there before {first}, which is not over: not asked"
        found = replace(found, first=None, last=None, not_asked=sentence)
    return _Plan(partner, books, found)


async def _compare(engine: Engine, plan: _Plan) -> PartnerDays:
    found = plan.found
    if found.first is None or found.last is None or found.not_asked:
        return found
    try:
        theirs = await bank_days(engine, found.partner, found.first, found.last, found.time_zone)
    except RecoveryFlowsError as error:
        return replace(found, not_asked=str(error), trouble=error.trouble, failed=True)
    days = days_between(found.first, found.last)
    ours = legal_days.our_days(plan.books.held, plan.books.paid, days, found.time_zone)
    found = replace(found, lines=compare(found.partner, ours, theirs, days))
    return await _with_unread(engine, plan, found) if found.differences else found


async def bank_days(
    engine: Engine, partner_id: str, first: date, last: date, zone: str
) -> list[DayFact]:
    """A bank's figures of these days, asked for in as many parts as the profile needs."""
    bank = await engine.bank(partner_id)
    facts: list[DayFact] = []
    while first <= last:
        until = min(last, first + (daily.DAYS_MAX - 1) * _DAY)
        engine.count_call("daily")
        answer = await bank.daily(first, until)
        facts += daily.parse_daily(answer.body, PartnerId(partner_id), first, until, zone)
        first = until + _DAY
    return facts


async def _with_unread(engine: Engine, plan: _Plan, found: PartnerDays) -> PartnerDays:
    """Look whether the bank's feed tells of changes that are not booked yet, and since when."""
    since = plan.partner.feed_reached_at
    try:
        bank = await engine.bank(found.partner)
        page, _ = await bank.events(since - timedelta(seconds=10) if since else None)
    except RecoveryFlowsError:
        return found
    with engine.database.reading() as session:
        known = known_revisions(session, [item.order_ref for item in page.items])
    news = [i for i in page.items if i.order_ref in known and i.revision > known[i.order_ref]]
    begun = min((_begun(item) for item in news), default=None)
    if begun is None:
        return found
    lines = tuple(_told(x, begun, len(news), found.time_zone) for x in found.lines)
    return replace(found, lines=lines, unread=len(news))


def _begun(item: FeedFact) -> datetime:
    """From when on a change can have moved a day's figures."""
    if isinstance(item, TaskFact | RequestFact):
        return item.modified_at
    acted = item.acted_at if isinstance(item, HoldFact) else item.booked_at
    return min(acted or item.modified_at, item.modified_at)


def _told(line: DayLine, begun: datetime, news: int, zone: str) -> DayLine:
    if line.verdict is not DayVerdict.DIFFERENT or begun >= day_begins(line.day + _DAY, zone):
        return line
    changes = "1 change" if news == 1 else f"{news} changes"
    more = f"; {changes} of its feed not booked yet may explain it: `recovery engine` reads them"
    return replace(line, sentence=line.sentence + more)
