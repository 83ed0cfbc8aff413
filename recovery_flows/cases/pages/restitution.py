"""The restitution of one recovery: claims, rounds, rules side by side, objections, next steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from models.language.phrase import Phrase, as_phrase, phrase, without
from models.money import Money
from recovery_flows.cases.pages.shared_cells import method_name, sign
from recovery_flows.cases.pages.value import (
    Cell,
    Column,
    Line,
    Page,
    Part,
    Piece,
    Section,
    cell,
    line,
    muted,
    strong,
    table,
)
from recovery_flows.cases.views.restitution_views import ClaimStanding, RestitutionPage, RoundLine
from recovery_flows.cases.views.state_names import Tone, allocation_word, claim_word
from recovery_flows.restitution.payouts import ENDED
from recovery_flows.wording import spoken

_CLAIM_COLUMNS = tuple(
    Column(title)
    for title in (
        phrase("claim"),
        phrase("victim"),
        phrase("account"),
        phrase("state"),
        phrase("reported", context_="sum"),
        phrase("booked"),
        phrase("net loss"),
        phrase("got"),
        phrase("open", context_="sum"),
    )
)
NOTHING_YET = phrase(
    "Nothing is distributed yet. That begins when the money is frozen, traced and an officer has "
    "established whose it is."
)
NO_RULES = phrase("The rules are compared as soon as there is something to distribute.")
_SUM_CELLS = 14
"""The cells of the words before the sums of a round."""
_IN_FORCE = Piece("▸", Tone.NAMED)


def written(page: RestitutionPage, zone: str) -> Page:
    """All of it; who reads by the page is told how many claims are left out."""
    head = line(
        page.ref,
        muted(phrase("  lost ")),
        page.reported,
        muted(phrase("  net loss ")),
        page.upheld,
        muted(phrase("  returned ")),
        page.paid,
        muted(phrase("  open ", context_="sum")),
        page.open,
    )
    more = page.total - len(page.claims)
    claims: tuple[Part, ...] = table(_CLAIM_COLUMNS, map(_claim, page.claims))
    if more > 0:
        left = phrase(
            "and {more:,} claims more: `recovery claim list {ref}`", more=more, ref=page.ref
        )
        claims += (line(muted(left)),)
    steps = tuple(line(step.role, ": ", step.sentence) for step in page.steps)
    sections = (
        Section("next", phrase("Next steps"), steps),
        Section("claims", phrase("Claims"), claims, empty=phrase("no claim")),
        rounds(page),
        rules(page),
        Section(
            "objections",
            phrase("Objections"),
            tuple(_objections(page)),
            empty=phrase("no objections"),
        ),
    )
    return Page((head,), sections, zone)


def _claim(one: ClaimStanding) -> tuple[str | Money, ...]:
    word = claim_word(one.state).word
    return (
        one.number, one.victim, one.account, word, one.reported, one.booked or phrase("not booked"),
        one.upheld, one.paid, one.open,
    )  # fmt: skip


# Rounds


def rounds(page: RestitutionPage) -> Section:
    """Every distribution, the latest first: what it divides, what was paid, what is reserved why.

    Of a round that is over the sums are `detail`, but for what was paid.
    """
    live = [one for one in page.rounds if not one.why_void]
    parts: list[Line] = [_together(live, page.currency)] if len(live) > 1 else []
    parts += [part for one in page.rounds for part in _round(one, page)]
    return Section("rounds", phrase("Rounds"), tuple(parts), empty=NOTHING_YET)


def _together(live: Sequence[RoundLine], currency: str) -> Line:
    """What all rounds together divide, and that it is what was paid and what is reserved."""
    pool, paid = (
        Money(sum(money.minor for money in sums), currency)
        for sums in ([one.pool for one in live], [one.paid for one in live])
    )
    kept = Money(pool.minor - paid.minor, currency)
    told = phrase(
        "all rounds: {pool} to distribute = {paid} paid + {reserved} reserved",
        pool=pool,
        paid=paid,
        reserved=kept,
    )
    return line(told)


def _round(one: RoundLine, page: RestitutionPage) -> Iterator[Line]:
    is_chosen = one.allocation_id == page.allocation_id
    is_over = not one.reserves and one.state in ENDED and not is_chosen
    yield line(
        _IN_FORCE if is_chosen else " ",
        strong(phrase("Round {number}", number=one.number)),
        " ",
        sign(allocation_word(one.state)),
        muted(f" {one.bank} {one.account}"),
    )
    if one.why_void:
        yield line(Piece(without(one.why_void, "void: "), Tone.CARE), indent=2)
        return
    for told, indent, is_short in _sums(one):
        yield Line(told, indent, detail=is_over and not is_short)
    if one.fast_track:
        law = cell(muted(phrase("no notice: fast track under {rule}", rule=one.fast_track)))
        yield Line(law, indent=2, detail=is_over)
    if one.notice_to is not None:
        is_past = one.notice_to <= page.now
        word = phrase("notice ended ") if is_past else phrase("notice until ")
        tone = Tone.MUTED if is_past else Tone.CARE
        notice = cell(Piece(word, tone), Piece(one.notice_to, tone))
        yield Line(notice, indent=2, detail=is_over)
    if one.release:
        yield Line(cell(muted(one.release)), indent=2, detail=True)


def _sums(one: RoundLine) -> Iterator[tuple[Cell, int, bool]]:
    """Pool = paid + reserve, one under another, and why each part is reserved.

    Each with its indent, and whether it alone stands for a round that is over.
    """
    wide = len(str(one.pool))  # no part is longer than the whole

    def figure(name: Phrase, money: Money, tone: Tone) -> tuple[Piece, Piece]:
        return Piece(name, Tone.MUTED, least=_SUM_CELLS), Piece(f"{money!s:>{wide}}", tone)

    pool = figure(phrase("to distribute"), one.pool, Tone.STRONG)
    yield cell(*pool, muted(phrase(" {method}", method=method_name(one.method)))), 2, False
    paid = figure(phrase("= paid"), one.paid, Tone.GOOD if one.paid.minor else Tone.MUTED)
    booked = phrase(" {booked} of {payouts} booked", booked=one.booked, payouts=one.payouts)
    yield cell(*paid, muted(booked)), 2, True
    for money, why in one.reserves:
        yield cell(*figure(phrase("+ reserved"), money, Tone.CARE)), 2, False
        yield cell(muted(why)), 4, False


# Rules


def rules(page: RestitutionPage, claim: ClaimStanding | None = None) -> Section:
    """Each rule: what it gives one claim, or all of them, and what it moves between claims."""
    shares = claim.by_rule if claim is not None else ()
    gives = (claim.number, phrase("differs", context_="share")) if claim else (phrase("gives"),)
    titles = (phrase("rule"), *gives, phrase("moves"))
    columns = (Column(titles[0], most=16), *(Column(t, right=True) for t in titles[1:]))
    rows = []
    for place, rule in enumerate(page.rules):
        name = cell(_IN_FORCE if place == 0 else " ", as_phrase(rule.name))
        moved = _figure(rule.moved, Tone.CARE) if rule.moved.minor else muted("–")
        own = shares[place] if shares else None
        by = Money(own.minor - shares[0].minor, own.currency) if own else None
        part = _figure(own) if own else Piece(phrase("no part"))
        mine = (cell(part), cell(_difference(by))) if claim else (cell(_figure(rule.given)),)
        rows.append((name, *mine, cell(moved)))
    parts: tuple[Part, ...] = table(columns, rows)
    if parts:
        parts += tuple(_about_rules(page))
    return Section("rules", phrase("Rules side by side"), parts, empty=NO_RULES)


def _difference(by: Money | None) -> Piece:
    if by is None or not by.minor:
        return muted("–" if by is None else phrase("same"))
    amount, way = _figure(replace(by, minor=abs(by.minor))), "+" if by.minor > 0 else "−"
    return Piece(f"{way}{amount.value}", Tone.CARE, f"{way}{amount.short}")


def _figure(money: Money, tone: Tone = Tone.PLAIN) -> Piece:
    """A sum, without its currency where there is no room: it stands on the page already."""
    return Piece(money, tone, str(money).removeprefix(f"{money.currency} "))


def _about_rules(page: RestitutionPage) -> Iterator[Line]:
    told = phrase(
        " in force in round {number}; moves: what it gives to other claims than that rule",
        number=page.number,
    )
    yield line(_IN_FORCE, muted(told))
    if not page.is_as_decided:
        changed = phrase(
            "The shares that were decided are others: a court has ordered them, claims have "
            "changed since, or less than the smallest coin stood back."
        )
        yield line(Piece(changed, Tone.CARE))


def _objections(page: RestitutionPage) -> Iterator[Part]:
    for one in page.objections:
        due: tuple[Piece | str, ...] = (Piece(one.due_at),) if one.due_at else (phrase("no date"),)
        whose = f"{one.number} {one.victim}" if one.claim_id else phrase("no claim")
        told = phrase(
            "{state} {kind} of {whose}, due ",
            state=spoken(one.state),
            kind=spoken(one.kind),
            whose=whose,
        )
        yield Line(cell(told, *due, f": {one.text}"))
