"""A pasted or typed report: every field checked by itself, then through the files' own check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from models.facts import ReportFact
from models.language.phrase import Phrase, joined, phrase
from recovery_flows.intake.cells import read_account, read_instant, read_money, read_text
from recovery_flows.intake.complaints import read_report
from recovery_flows.intake.pasted.labels import ACCOUNT, BANK, CASE, MENDS, TITLES
from recovery_flows.intake.pasted.lines import Entry, TextRefusedError, entries
from recovery_flows.intake.pasted.understood import Around, Understood, understand
from recovery_flows.intake.refusals import CellRefusedError
from recovery_flows.intake.rows import Row

__all__ = ["Around", "Pasted", "PastedField", "Problem", "read_pasted"]

_NO_REFERENCE = "-"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field and how it is mended; never with what stood in it."""

    field: str
    why: str
    mend: str = ""

    def __str__(self) -> str:
        return str(self.sentence)

    @property
    def sentence(self) -> Phrase:
        """What is wrong and how it is mended, as a screen can show it in another language."""
        told = joined(" ", [self.title, self.why])
        return joined(": ", [told, self.mend]) if self.mend else told

    @property
    def title(self) -> str:
        """The field's name to people."""
        return TITLES.get(self.field, self.field)


@dataclass(frozen=True, slots=True)
class PastedField:
    """One field as it was understood; `note` says how, where it does not stand there so."""

    name: str
    value: str = field(repr=False)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a text says. `report` is None as long as there are problems.

    A report without a reference of its own has `external_ref` "": who stores it gives it one.
    """

    fields: tuple[PastedField, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...] = ()
    report: ReportFact | None = field(default=None, repr=False)
    case_number: str = ""


def read_pasted(text: str, around: Around) -> Pasted:
    """What a text says; it raises nothing: whatever cannot be taken is among the problems."""
    try:
        found = entries(text)
        _check_one(found.found)
    except TextRefusedError as refusal:
        return Pasted((), (Problem(phrase("the text"), refusal.why, refusal.mend),))
    understood = understand(found.found, around)
    fields = tuple(PastedField(n, v, understood.notes.get(n, "")) for n, v in _shown(understood))
    problems = tuple(_problems(understood, around.now))
    unused = (
        (phrase("{unused}: not used", unused=joined(", ", found.unused)),) if found.unused else ()
    )
    case = understood.cells.get(CASE, "")
    if problems:
        return Pasted(fields, problems, unused, None, case)
    cells = dict(understood.cells)
    has_reference = bool(cells.get("external_ref"))
    cells.setdefault("external_ref", _NO_REFERENCE)
    report = read_report(Row(1, cells), around.now)
    if not has_reference:
        report = replace(report, external_ref="")
    return Pasted(fields, (), unused, report, case)


_MANY_VICTIMS = phrase(
    "one report is one victim and one payment; `recovery intake reports FILE` takes many"
)


def _check_one(found: Sequence[Entry]) -> None:
    """TextRefusedError where several people report in one text."""
    for name in ("victim_name", "victim_account", "external_ref"):
        values = {entry.value for entry in found if entry.name == name and entry.value}
        if len(values) > 1:
            raise TextRefusedError(phrase("tells of several victims"), _MANY_VICTIMS)


def _shown(understood: Understood) -> Iterator[tuple[str, str]]:
    for name in MENDS:
        if understood.cells.get(name):
            yield name, understood.cells[name]


def _problems(understood: Understood, now: datetime) -> Iterator[Problem]:
    """Every field that cannot be taken, each once; a flaw in reading comes before the checks."""
    told = set()
    for name, why in understood.flaws:
        if name not in told:
            told.add(name)
            yield Problem(name, why, _MENDS.get(name, ""))
    for names, check in _CHECKS:
        if told & set(names):
            continue
        try:
            check(understood.cells, now)
        except CellRefusedError as refusal:
            if refusal.field not in told:
                told.add(refusal.field)
                why = phrase("is missing") if refusal.why == "is empty" else refusal.why
                yield Problem(refusal.field, why, _MENDS.get(refusal.field, ""))


_MENDS: Mapping[str, str] = {
    **MENDS,
    BANK: phrase("write `from bank: NAME` and `to bank: NAME`"),
    ACCOUNT: phrase("write `from account: NUMBER` and `to account: NUMBER`"),
}
_NAMES = frozenset({"victim_name", "victim_contact", "payee_name"})
_Cells = Mapping[str, str]
_Check = Callable[[_Cells, datetime], object]


def _text(name: str, most: int, *, optional: bool = True) -> tuple[tuple[str, ...], _Check]:
    def check(cells: _Cells, now: datetime) -> None:
        del now
        read_text(cells, name, most, optional=optional, is_name=name in _NAMES)

    return (name,), check


def _number(side: str) -> tuple[tuple[str, ...], _Check]:
    """The number by itself: what is wrong with its bank or its holder is said of those."""
    name = f"{side}_account"

    def check(cells: _Cells, now: datetime) -> None:
        del now
        read_account({f"{side}_bank": "any", name: cells.get(name)}, side, "")

    return (name,), check


def _sum(cells: _Cells, now: datetime) -> None:
    del now
    read_money(cells)


def _instant(name: str) -> tuple[tuple[str, ...], _Check]:
    return (name,), lambda cells, now: read_instant(cells, name, now)


def _order(cells: _Cells, now: datetime) -> None:
    paid, reported = read_instant(cells, "paid_at", now), read_instant(cells, "reported_at", now)
    if reported < paid:
        raise CellRefusedError("reported_at", phrase("lies before the payment"))


_CHECKS: tuple[tuple[tuple[str, ...], _Check], ...] = (
    _text("external_ref", 80),
    _text("victim_name", 200, optional=False),
    _text("victim_contact", 200),
    _text("victim_bank", 64, optional=False),
    _number("victim"),
    _text("payee_bank", 64, optional=False),
    _number("payee"),
    _text("payee_name", 200),
    _text("amount", 40, optional=False),
    (("amount", "currency"), _sum),
    _instant("paid_at"),
    _instant("reported_at"),
    (("reported_at", "paid_at"), _order),
    _text("end_to_end_id", 64),
    _text("method", 64),
    _text(CASE, 64),
)
