"""How much is held over time, out of each hold's own history."""

from datetime import UTC, datetime, timedelta

from models.measures.held_over_time import HeldFigure, HoldHistory, PaidFrom
from recovery_flows.ledger.held_over_time import held_over_time

START = datetime(2026, 1, 1, tzinfo=UTC)
OURS, OTHERS = "rec-1", "rec-2"
Told = tuple[int, int]


def at(hour: float) -> datetime:
    return START + timedelta(hours=hour)


def hold(*figures: Told, recovery: str = OURS, paid: tuple[Told, ...] = ()) -> HoldHistory:
    return HoldHistory(
        "M",
        recovery,
        tuple(HeldFigure(minor, at(hour)) for hour, minor in figures),
        tuple(PaidFrom(f"p{n}", minor, at(hour)) for n, (hour, minor) in enumerate(paid)),
    )


def levels(*histories: HoldHistory, ours: bool = True) -> list[tuple[float, int]]:
    """(hour, minor units held) of one side."""
    found = held_over_time(histories, OURS)
    return [((h.at - START) / timedelta(hours=1), h.minor) for h in found if h.is_ours is ours]


def test_a_hold_is_raised_let_go_in_part_and_lapses() -> None:
    history = hold((1, 100), (2, 150), (3, 150), (4, 90), (5, 0))
    assert levels(history) == [(1, 100), (2, 150), (4, 90), (5, 0)]


def test_what_was_paid_out_stays_held_whichever_word_comes_first() -> None:
    assert levels(hold((1, 100), (5, 40), paid=((4, 60),))) == [(1, 100)]
    assert levels(hold((1, 100), (4, 40), paid=((5, 60),))) == [(1, 100)]


def test_a_payout_that_the_holds_figure_does_not_show_yet_raises_nothing() -> None:
    assert levels(hold((1, 100), paid=((4, 60),))) == [(1, 100)]


def test_what_is_let_go_beside_a_payout_is_let_go() -> None:
    history = hold((1, 100), (4, 40), (9, 0), paid=((4.1, 60),))
    assert levels(history) == [(1, 100), (9, 60)]
    at_once = hold((1, 100), (4, 0), paid=((4.1, 60),))
    assert levels(at_once) == [(1, 100), (4, 60)]


def test_two_payouts_lower_a_hold_at_one_word_of_its_bank() -> None:
    assert levels(hold((1, 100), (8, 0), paid=((4, 60), (5, 40)))) == [(1, 100)]


def test_a_freeze_takes_a_stops_place_without_a_gap() -> None:
    stop, freeze = hold((1, 100), (3, 0)), hold((3, 80))
    assert levels(stop, freeze) == [(1, 100), (3, 80)]


def test_what_a_court_gave_to_others_was_not_let_go() -> None:
    disposed = HoldHistory(
        "M", OURS, (HeldFigure(100, at(1)), HeldFigure(0, at(5), is_disposal=True))
    )
    assert levels(disposed) == [(1, 100)]


def test_holds_of_other_recoveries_are_apart() -> None:
    both = hold((1, 100)), hold((2, 30), (4, 0), recovery=OTHERS)
    assert levels(*both) == [(1, 100)]
    assert levels(*both, ours=False) == [(2, 30), (4, 0)]


def test_a_stamp_that_runs_backwards_does_not_turn_the_order_of_the_words() -> None:
    assert levels(hold((3, 100), (2, 70), (5, 0))) == [(3, 70), (5, 0)]
