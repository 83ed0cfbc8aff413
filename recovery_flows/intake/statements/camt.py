"""camt.052, .053 and .054 of any version: elements by local name, one payment in memory at a time.

What `CdtDbtInd` of an entry says is what happened on the account, a reversal (`RvslInd`) included.
The entry's own amount is what was booked: single payments of a batch must add up to it, and what is
missing or too much becomes an entry of its own with a warning.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from lxml import etree

from models.facts import Direction
from models.language.phrase import phrase
from recovery_flows.intake.budget import Budget, PartTooLargeError
from recovery_flows.intake.statements.camt_entry import (
    READ_OF_ENTRY,
    READ_OF_PAYMENT,
    entries_of,
)
from recovery_flows.intake.statements.camt_fields import Fields, Place, fields_of
from recovery_flows.intake.statements.camt_head import closing_of, head_of, unread_of
from recovery_flows.intake.statements.shape import (
    Balance,
    End,
    Head,
    Item,
    StatementRefusedError,
)

_CONTAINERS = {"Stmt": "053", "Rpt": "052", "Ntfctn": "054"}
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_DOCTYPE_REFUSED = "a DOCTYPE is refused: ask the bank for a file without one"
_LOOK = 65_536
_PARSER_DEPTH = 256
_PAYMENTS_MAX = 200_000
_HEADS = frozenset({"Id", "Acct", "Bal", "FrToDt"})


def read(stream: BinaryIO, budget: Budget) -> Iterator[Item]:
    """The statements of one XML document, wherever in it they are.

    The stream counts what is read in the budget; what was read and forgotten is told to it here.

    StatementRefusedError: not well-formed (with line and column), a DOCTYPE, no statement at all.
    """
    start = stream.read(_LOOK)
    if _DOCTYPE.search(start):
        raise StatementRefusedError(_DOCTYPE_REFUSED, 1)
    stream.seek(max(start.find(b"<"), 0) if not start.startswith((b"\xfe\xff", b"\xff\xfe")) else 0)
    names = ("Stmt", "Rpt", "Ntfctn", "Ntry", "TxDtls")
    try:
        events = etree.iterparse(
            stream, tag=[f"{{*}}{name}" for name in names],
            remove_comments=True, remove_pis=True, resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False,
        )  # fmt: skip
        yield from _Reading(budget).run(events)
    except etree.XMLSyntaxError as error:
        if "depth" in (error.msg or ""):  # the parser's own bound, of 256
            budget.limits.check_depth(_PARSER_DEPTH)
        line, column = error.position or (0, 0)
        why = (error.msg or "no document").split(", line")[0]
        told = phrase("the XML is broken ({why}): ask the bank for the file again", why=why)
        raise StatementRefusedError(told, line, column) from error


def local(element: Any) -> str:  # noqa: ANN401 - lxml has no types of its own
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


class _Reading:
    """One pass over the ends of elements: where in which statement we are."""

    def __init__(self, budget: Budget) -> None:
        self.budget, self.limits = budget, budget.limits
        self.names = Place()
        self.details: list[Fields] = []
        self.found = self.looked = False
        self._begin()

    def _begin(self) -> None:
        self.statement: Any = None
        self.head: Head | None = None
        self.closing: Balance | None = None
        self.sum_minor = self.entries = self.payments = 0
        self.warnings: list[str] = []
        self.in_entry, self.in_payment = Place(), Place()
        self.passed: Counter[str] = Counter()
        self.kept: Any = None

    def run(self, events: Iterable[tuple[str, Any]]) -> Iterator[Item]:
        names = self.names
        for _, element in events:
            if not self.looked:
                _refuse_doctype(element)
                self.looked = True
            name = names[element.tag].path
            if name == "TxDtls":
                parent = element.getparent()
                if parent is not None and names[parent.tag].path == "NtryDtls":
                    self._payment(element)
            elif name == "Ntry":
                yield from self._entry(element)
            elif _is_statement(element):
                yield from self._end(element)
        if not self.found:
            raise StatementRefusedError(
                phrase(
                    "there is no statement in this XML file: camt.052, camt.053 or camt.054 is read"
                )
            )

    def _payment(self, element: Any) -> None:  # noqa: ANN401 - lxml has no types of its own
        self.details.append(fields_of(element, self.in_payment, self.limits))
        if len(self.details) > _PAYMENTS_MAX:
            raise PartTooLargeError(
                phrase("has a booking of more than {most:,} payments", most=_PAYMENTS_MAX)
            )
        self._forget(element, "Ntry/NtryDtls/")

    def _forget(self, element: Any, under: str) -> None:  # noqa: ANN401 - as above
        """Free an element that was read and what is before it, but the head of a statement."""
        element.clear()
        before, parent = element.getprevious(), element.getparent()
        while before is not None and before is not self.kept:
            name = local(before)
            if name in _HEADS and not under:
                self.kept = before
                return
            if before.tag != element.tag:
                self.passed[f"{under}{name[:40]}"] += 1
            parent.remove(before)
            before = element.getprevious()
        self.budget.forget()

    def _head(self, statement: Any) -> Head:  # noqa: ANN401 - lxml has no types of its own
        self.found, self.statement = True, statement
        self.head = head_of(statement, _CONTAINERS[local(statement)])
        self.closing = closing_of(statement)
        return self.head

    def _head_before(self, element: Any) -> Head:  # noqa: ANN401 - lxml has no types of its own
        statement = element.getparent()
        if not _is_statement(statement):
            raise StatementRefusedError(phrase("an entry is in no statement"), element.sourceline)
        return self._head(statement)

    def _entry(self, element: Any) -> Iterator[Item]:  # noqa: ANN401 - lxml has no types of its own
        head = self.head
        if head is None or element.getparent() is not self.statement:
            head = self._head_before(element)
            yield head
        line = element.sourceline or 0
        fields = fields_of(element, self.in_entry, self.limits)
        found, warnings = entries_of(fields, self.details, head.currency, line)
        self.details = []
        self.warnings += warnings
        self.entries += 1
        own = found[0].amount.currency
        for entry in found:
            self.payments += 1
            if not entry.is_pending and entry.amount.currency == (head.currency or own):
                is_credit = entry.direction is Direction.CREDIT
                self.sum_minor += entry.amount.minor if is_credit else -entry.amount.minor
            yield entry
        self._forget(element, "")

    def _end(self, statement: Any) -> Iterator[Item]:  # noqa: ANN401 - lxml has no types of its own
        head = self.head
        if head is None:
            head = self._head(statement)
            yield head
        closing = closing_of(statement) or self.closing
        difference = None
        opening = head.opening
        if opening is not None and closing is not None and opening.currency == closing.currency:
            difference = closing.minor - opening.minor - self.sum_minor
        unread = tuple(sorted(self._unread(statement).items()))
        yield End(closing, self.payments, difference, tuple(self.warnings), self.entries, unread)
        self._begin()
        self._forget(statement, "")

    def _unread(self, statement: Any) -> Counter[str]:  # noqa: ANN401 - as above
        found = self.passed + unread_of(statement)
        found += self.in_entry.unread(READ_OF_ENTRY, "Ntry/")
        return found + self.in_payment.unread(READ_OF_PAYMENT, "Ntry/NtryDtls/TxDtls/")


def _refuse_doctype(element: Any) -> None:  # noqa: ANN401 - lxml has no types of its own
    """Ask the parser, which saw it in any encoding and behind any padding."""
    if element.getroottree().docinfo.internalDTD is not None:
        raise StatementRefusedError(_DOCTYPE_REFUSED, 1)


def _is_statement(element: Any) -> bool:  # noqa: ANN401 - lxml has no types of its own
    parent = element.getparent() if element is not None else None
    if parent is None or local(element) not in _CONTAINERS:
        return False
    return local(parent).startswith("BkToCstmr")
