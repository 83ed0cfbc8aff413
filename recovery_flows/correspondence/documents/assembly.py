"""A letter put together, from the head to where the answer goes."""

from __future__ import annotations

from collections.abc import Iterator

from recovery_flows.correspondence.documents import kinds
from recovery_flows.correspondence.documents.text import (
    SYNTHETIC,
    Basis,
    LetterFacts,
    Line,
    Named,
    address_lines,
    day_text,
    heading,
    numbered,
    one_line,
    paragraph,
    table,
)


def letter_lines(facts: LetterFacts) -> tuple[Line, ...]:
    """The whole letter; each line says whether it holds personal data."""
    return tuple(_parts(facts))


def _parts(facts: LetterFacts) -> Iterator[Line]:
    yield from _head(facts)
    yield from heading(kinds.title(facts.order))
    yield from paragraph(" ".join(kinds.opening(facts.order)))
    yield Line("")
    yield from table(kinds.rows(facts))
    if facts.order.fields:
        yield from heading("About the request")
        yield from table(Named(name.replace("_", " "), text) for name, text in facts.order.fields)
    yield from heading("Legal basis")
    for basis in facts.basis:
        yield from paragraph(_basis(basis))
    if not facts.basis:
        yield from paragraph("A question in the case named above; it orders no measure.")
    yield from heading("Approval")
    for sentence in facts.approval:
        yield from paragraph(sentence)
    yield from heading("What we ask you to answer")
    yield from numbered(kinds.asks(facts.order))
    yield from heading("Answer to")
    yield from (Line(line) for line in address_lines(facts.sender.answer_to))
    yield from paragraph(f"Please name our reference: {facts.ref}, {facts.letter_id}.")
    yield from _mark(facts, before=True)


def _head(facts: LetterFacts) -> Iterator[Line]:
    yield from _mark(facts)
    yield Line(one_line(facts.sender.name))
    yield from (Line(line) for line in address_lines(facts.sender.address))
    yield Line("")
    yield Line(one_line(facts.addressee.name))
    yield from (Line(one_line(line)) for line in facts.addressee.lines)
    yield Line("")
    yield from table(
        (
            Named("Date", f"{day_text(facts.dated, facts.zone)} ({facts.zone})"),
            Named("Our reference", f"{facts.ref}, {facts.letter_id}"),
            Named("Case", facts.case_number),
            Named("Your reference", facts.order.their_ref),
            Named("Digest of the order", facts.order_digest[:32]),
        )
    )


def _mark(facts: LetterFacts, *, before: bool = False) -> Iterator[Line]:
    if facts.sender.is_synthetic:
        yield from ((Line(""), Line(SYNTHETIC)) if before else (Line(SYNTHETIC), Line("")))


def _basis(basis: Basis) -> str:
    article = "" if basis.article in ("", "none") else f", {basis.article}"
    return f"{basis.instrument}{article} ({basis.row}; {basis.status})"
