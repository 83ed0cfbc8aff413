"""Entries that are laid out alike are read by one pattern: the same texts as by walking each."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st
from lxml import etree

from recovery_flows.intake.budget import Budget, Limits
from recovery_flows.intake.statements.camt_fields import Place, fields_of
from recovery_flows.intake.statements.camt_layouts import Layouts
from recovery_flows.intake.statements.shape import StatementRefusedError

_TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n\r<>&\"'"), max_size=6
)
_NAMES = st.sampled_from(["Amt", "Dt", "Refs", "Ustrd"])


@st.composite
def layouts(draw: st.DrawFn, depth: int = 0) -> Any:
    """An element with others in it, each with a text of its own or none."""
    element = etree.Element(draw(_NAMES))
    if element.tag == "Amt" and draw(st.booleans()):
        element.set("Ccy", draw(st.sampled_from(["EUR", "<", 'a"b>'])))
    for _ in range(draw(st.integers(0, 3)) if depth < 3 else 0):
        element.append(draw(layouts(depth + 1)))
    return element


def filled(layout: Any, texts: list[str | None]) -> Any:
    """A copy with these texts in and after its elements; None leaves a place empty."""
    whole = etree.fromstring(etree.tostring(layout))
    left = list(texts)
    for element in whole.iter():
        element.text = left.pop(0) if left else None
        if element is not whole:
            element.tail = left.pop(0) if left else None
    # As a bank's file is read: what was written is parsed again.
    return etree.fromstring(etree.tostring(whole))


@given(layouts(), st.lists(st.lists(st.none() | _TEXTS, max_size=40), min_size=1, max_size=4))
def test_what_is_read_and_counted_is_what_walking_finds(
    layout: Any,
    told: list[list[str | None]],
) -> None:
    walked, learned = Place("Ntry"), Layouts(Place("Ntry"), Budget(Limits()))
    for texts in (*told, *told):
        element = filled(layout, texts)
        try:
            expected = fields_of(element, walked)
        except StatementRefusedError:
            with pytest.raises(StatementRefusedError):
                learned.fields_of(element)
            return
        assert learned.fields_of(element) == expected
    for read in (frozenset[str](), frozenset({"Ntry/Amt", "Ntry/Refs/Dt"})):
        assert learned.counted().unread(read) == walked.unread(read)


def test_a_second_amount_in_one_place_is_refused_with_its_line_whatever_was_read_before() -> None:
    once = "<Ntry><Amt Ccy='EUR'>1.00</Amt>\n<Dt>2026-03-02</Dt>\n</Ntry>"
    twice = "<Ntry><Amt Ccy='EUR'>1.00</Amt>\n<Amt Ccy='EUR'>2.00</Amt>\n</Ntry>"
    learned = Layouts(Place(), Budget(Limits()))
    for _ in range(3):
        learned.fields_of(etree.fromstring(once))
        with pytest.raises(StatementRefusedError, match="line 2: there are two Amt"):
            learned.fields_of(etree.fromstring(twice))
