"""Small random worlds of payments for comparing one implementation with another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from models.facts import LineKind
from recovery_flows.tracing.methods.types import Basis, Coverage, Opening, Source, Transfer

START = datetime(2026, 3, 2, tzinfo=UTC)
LATER = START + timedelta(days=30)
ACCOUNTS = ("a", "b", "c", "d")
SIDES = st.sampled_from((*ACCOUNTS, None))
KINDS = st.sampled_from((LineKind.TRANSFER, LineKind.TRANSFER, LineKind.CASH, LineKind.FEE))
SPANS = st.lists(
    st.tuples(st.sampled_from(ACCOUNTS), st.integers(0, 12), st.integers(0, 12)), max_size=6
)
OPENINGS = st.lists(st.tuples(st.integers(-6, 12), st.sampled_from(tuple(Basis))), max_size=4)


@dataclass(frozen=True)
class Case:
    """What a rule is asked about."""

    transfers: tuple[Transfer, ...]
    sources: tuple[Source, ...]
    openings: tuple[Opening, ...]
    coverage: tuple[Coverage, ...]
    as_of: datetime = LATER


def hour(number: int) -> datetime:
    return START + timedelta(hours=number)


def payment(
    number: int,
    payer: str | None,
    payee: str | None,
    minor: int,
    *,
    at_hour: int,
    kind: LineKind = LineKind.TRANSFER,
) -> Transfer:
    return Transfer(
        f"t{number:02}", hour(at_hour), number, payer, payee, kind, minor, "CNY", minor, "CNY"
    )


@st.composite
def payments(draw: st.DrawFn) -> tuple[Transfer, ...]:
    count = draw(st.integers(1, 25))
    rows = []
    for number in range(count):
        payer, payee, minor = draw(SIDES), draw(SIDES), draw(st.integers(1, 9))
        rows.append(payment(number, payer, payee, minor, at_hour=number // 2, kind=draw(KINDS)))
    return tuple(rows)


def sources(transfers: Sequence[Transfer], picks: Sequence[int]) -> list[Source]:
    able = [t for t in transfers if t.payer != t.payee]
    chosen = sorted({pick % len(able) for pick in picks}) if able else []
    return [
        Source(able[n].id, f"v{place % 3}", able[n].debit_minor) for place, n in enumerate(chosen)
    ]


def openings(drawn: Sequence[tuple[int, Basis]]) -> tuple[Opening, ...]:
    return tuple(
        Opening(account, minor, basis)
        for account, (minor, basis) in zip(ACCOUNTS, drawn, strict=False)
    )


WHOLE_SPANS = st.sets(st.sampled_from(ACCOUNTS)).map(
    lambda some: [(a, -1, 60) for a in sorted(some)]
)


@st.composite
def cases(draw: st.DrawFn, *, known_or_not: bool = False) -> Case:
    """A case; each account known for some of the time, or for all of it or never."""
    transfers = draw(payments())
    picks = draw(st.lists(st.integers(0, 30), max_size=5))
    spans = draw(WHOLE_SPANS if known_or_not else SPANS)
    return Case(
        transfers=transfers,
        sources=tuple(sources(transfers, picks)),
        openings=openings(draw(OPENINGS)),
        coverage=tuple(
            Coverage(account, hour(begin), hour(begin + length)) for account, begin, length in spans
        ),
        as_of=draw(st.sampled_from((LATER, hour(6)))),
    )


BEFORE_A_STATEMENT_THAT_BEGINS_IN_DEBT = Case(
    transfers=(
        payment(0, "a", "a", 1, at_hour=0),
        payment(1, "b", "a", 1, at_hour=0),
        payment(2, "b", "a", 1, at_hour=1),
    ),
    sources=(Source("t01", "v0", 1), Source("t02", "v1", 1)),
    openings=openings([(-1, Basis.KNOWN), (0, Basis.KNOWN), (0, Basis.KNOWN), (0, Basis.KNOWN)]),
    coverage=(Coverage("a", hour(1), hour(1)),),
)
"""Found by a search: what came before the statement cannot pay the debt that it begins with."""

BETWEEN_TWO_STATEMENTS_AND_IN_DEBT = Case(
    transfers=(payment(0, "b", "a", 1, at_hour=1), payment(1, None, "a", 6, at_hour=4)),
    sources=(Source("t00", "v0", 1), Source("t01", "v0", 6)),
    openings=(Opening("a", -5, Basis.KNOWN),),
    coverage=(Coverage("a", hour(0), hour(0)), Coverage("a", hour(3), hour(8))),
)
"""Found by a search: what paid a debt outside of what statements cover is not there to ask for."""
