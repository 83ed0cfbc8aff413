"""Small random worlds of payments for comparing one implementation with another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from models.facts import LineKind
from recovery_flows.rules.tracing.types import Source, Transfer

START = datetime(2026, 3, 2, tzinfo=UTC)
LATER = START + timedelta(days=30)
ACCOUNTS = ("a", "b", "c", "d")
SIDES = st.sampled_from((*ACCOUNTS, None))
KINDS = st.sampled_from((LineKind.TRANSFER, LineKind.TRANSFER, LineKind.CASH, LineKind.FEE))


@st.composite
def payments(draw: st.DrawFn) -> tuple[Transfer, ...]:
    count = draw(st.integers(1, 25))
    rows = []
    for number in range(count):
        payer, payee = draw(SIDES), draw(SIDES)
        minor = draw(st.integers(1, 9))
        at = START + timedelta(hours=number // 2)
        rows.append(
            Transfer(
                f"t{number:02}", at, number, payer, payee, draw(KINDS), minor, "CNY", minor, "CNY"
            )
        )
    return tuple(rows)


def sources(transfers: tuple[Transfer, ...], picks: list[int]) -> list[Source]:
    able = [t for t in transfers if t.payer != t.payee]
    chosen = sorted({pick % len(able) for pick in picks}) if able else []
    return [
        Source(able[n].id, f"v{place % 3}", able[n].debit_minor) for place, n in enumerate(chosen)
    ]
