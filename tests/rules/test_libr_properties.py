"""Own money first as a court defines it (Dameron v Tangue, 155 F.3d 717), on random accounts."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings, strategies as st

from models.facts import LineKind
from recovery_flows.tracing.methods.rules import LIBR
from recovery_flows.tracing.methods.two_parts import Among
from recovery_flows.tracing.methods.types import Basis, Coverage, Opening, Source, Trace, Transfer

START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=365)
Booking = tuple[str, int]

bookings = st.lists(
    st.tuples(st.sampled_from(["own in", "out", "out", "victim in"]), st.integers(1, 500)),
    min_size=1,
    max_size=20,
)


def trace(rows: list[Booking], opening: int, upto: int, among: Among = Among.FIFO) -> Trace:
    """One account M; `victim in` is a claim of its own, `out` is cash."""
    transfers, sources = [], []
    for number, (what, minor) in enumerate(rows[:upto]):
        kind = LineKind.CASH if what == "out" else LineKind.TRANSFER
        ends = ("M", None) if what == "out" else (None, "M")
        at = START + timedelta(hours=number)
        transfers.append(Transfer(f"t{number}", at, 0, *ends, kind, minor, "USD", minor, "USD"))
        if what == "victim in":
            sources.append(Source(f"t{number}", f"V{number}", minor))
    openings, known = [Opening("M", opening, Basis.INFERRED)], [Coverage("M", START, END)]
    return LIBR[among].trace(transfers, sources, openings, known, as_of=END)


def claimed(rows: list[Booking], opening: int, upto: int, among: Among) -> int:
    """What all victims together have in the account after so many bookings."""
    return sum(p.amount_minor for p in trace(rows, opening, upto, among).positions)


@settings(max_examples=150)
@given(bookings, st.integers(0, 400), st.sampled_from(Among))
def test_the_claim_is_the_lowest_balance_since_and_never_grows_by_the_holders_money(
    rows: list[Booking], opening: int, among: Among
) -> None:
    balance, claim, victims = opening, 0, 0
    for number, (what, minor) in enumerate(rows, start=1):
        balance = max(balance - minor, 0) if what == "out" else balance + minor
        # The definition itself: a victim's deposit adds to it, nothing else does, and it is never
        # more than the balance has been at any time since; nothing is left once that was nothing.
        claim = min(claim + (minor if what == "victim in" else 0), balance)
        victims += what == "victim in"
        # Shares are rounded for each victim, so that his parts sum to what he lost.
        rounding = victims if among is Among.PRO_RATA else 0
        assert abs(claimed(rows, opening, number, among) - claim) <= rounding


def test_among_victims_it_is_shared_as_the_rule_for_them_says() -> None:
    rows = [("victim in", 100), ("victim in", 300), ("out", 200)]
    shares = {}
    for among in Among:
        found = trace(rows, 100, 3, among)
        shares[among] = {p.claim_id: p.amount_minor for p in found.positions}
    # 100 of the holder's own go first, then 100 of the victims' 400.
    assert shares[Among.FIFO] == {"V1": 300}
    assert shares[Among.PRO_RATA] == {"V0": 75, "V1": 225}
