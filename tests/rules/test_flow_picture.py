"""The picture of the flow: every sum in it is one of the hops', and no label is markup."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from hypothesis import given, strategies as st

from models.money import Money
from recovery_flows.correspondence.returns.flow_graph import PLACES_MAX, flow_graph, resting_minor
from recovery_flows.correspondence.returns.flow_picture import end_of, flow_picture
from recovery_flows.correspondence.returns.wording import wording
from recovery_flows.tracing.views import HopView

AT = datetime(2026, 3, 2, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def hop(
    source: str, target: str, minor: int, depth: int = 0, *, label: str = "", ends: str = ""
) -> HopView:
    names = (label or source, label or target)
    return HopView(depth, "t", AT, *names, minor, "CNY", minor, (), ends, (source, target))


def test_accounts_that_look_alike_stay_apart() -> None:
    graph = flow_graph([
        hop("v", "m1", 60, label="bank ···· 1234"), hop("v", "m2", 40, label="bank ···· 1234"),
    ])  # fmt: skip
    assert sorted((p.key, p.minor) for p in graph.places) == [("m1", 60), ("m2", 40), ("v", 100)]


def test_ways_out_are_places_of_their_own_and_say_what_became_of_the_money() -> None:
    out = HopView(1, "t", AT, "m", "cash", 30, "CNY", 30, (), "cash", ("m", ""))
    graph = flow_graph([hop("v", "m", 100, ends="held"), out])
    fates = {p.label: (p.fate, p.resting_minor) for p in graph.places}
    assert fates == {"v": ("", 0), "m": ("held", 70), "cash": ("cash", 30)}


def test_of_what_went_on_in_part_only_the_rest_is_told_as_held() -> None:
    words = wording("en")
    first, second = hop("v", "m", 100, ends="held"), hop("v", "m", 50, ends="held")
    out = HopView(1, "t", AT, "m", "cash", 120, "CNY", 120, (), "cash", ("m", ""))
    hops = [first, second, out]
    ends = [
        end_of(h, Money(r, "CNY"), words) for h, r in zip(hops, resting_minor(hops), strict=True)
    ]
    assert ends == ["", "held CNY 0.30", words.named("end", "cash")]
    assert {"CNY 1.50", "CNY 0.30 · held"} <= _texts(flow_picture(flow_graph(hops), "CNY", words))


def _texts(svg: str) -> set[str | None]:
    return {e.text for e in ET.fromstring(svg).iter(f"{SVG}text")}  # noqa: S314 - our own picture


@given(
    st.lists(
        st.tuples(st.integers(0, 90), st.integers(91, 180), st.integers(1, 10**9)),
        min_size=1, max_size=200,
    )
)  # fmt: skip
def test_what_is_told_as_one_keeps_its_sum(moves: list[tuple[int, int, int]]) -> None:
    graph = flow_graph([hop(f"a{s}", f"a{t}", minor, depth=s % 3) for s, t, minor in moves])
    out = Counter[str]()
    for stream in graph.streams:
        out[stream.source] += stream.minor
    kept = sum(minor for s, t, minor in moves)
    assert sum(stream.minor for stream in graph.streams) <= kept
    assert len([p for p in graph.places if not p.key.startswith("…")]) <= PLACES_MAX
    if len({f"a{n}" for s, t, _ in moves for n in (s, t)}) <= PLACES_MAX:
        assert sum(stream.minor for stream in graph.streams) == kept
    assert {s.source for s in graph.streams} | {s.target for s in graph.streams} <= {
        p.key for p in graph.places
    }


def test_a_hostile_label_is_text_in_well_formed_svg() -> None:
    evil = '</text><script>x</script> & "q" \' <!--'
    svg = flow_picture(flow_graph([hop("v", "m", 5, label=evil)]), "CNY", wording("en"))
    root = ET.fromstring(svg)  # noqa: S314 - our own picture
    assert {e.text for e in root.iter(f"{SVG}text")} == {evil, "CNY 0.05"}
    assert not list(root.iter(f"{SVG}script"))


def test_nothing_moved_is_no_picture() -> None:
    assert flow_picture(flow_graph([]), "CNY", wording("zh")) == ""
