"""The privacy gate: what may leave to whom, under which approval; a refusal cites its rule.

The rules are rows of a country's law, the class of a field is data of the program.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from recovery_flows.law.regime import Regime
from recovery_flows.law.rows import Disclosure

FREE_TEXT = "free_text"
# Standing alone: a part of an id such as claim-3f2 is none. Eight digits in a row, also in groups,
# are more than a year, an amount or a reference of a paragraph has.
_NUMBER = re.compile(r"(?<![\w.,/-])\+?\(?\d(?:[ ()-]{0,2}\d){7,}[Xx]?(?![\w/-]|\.\d)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?!\w)")
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval that has to be recorded before anything leaves, and the rule that says so."""

    rule: str
    reference_field: str
    because_of: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What looks like personal data in free text: where it stands, masked."""

    field: str
    what: str
    start: int
    end: int
    masked: str


def approvals_needed(law: Regime, recipient: str, fields: Collection[str]) -> tuple[Approval, ...]:
    """Approvals without which these fields may not leave for such a recipient, one a rule."""
    found = []
    for rule in law.disclosures.values():
        held = tuple(f for f in fields if class_of(f, law.data_classes) in rule.classes)
        if held and recipient in rule.recipients:
            found.append(Approval(rule.code, rule.reference_field, held, _source(rule)))
    return tuple(found)


def rule_for(law: Regime, recipient: str, data_class: str) -> Disclosure | None:
    """The first rule on such data for such a recipient that protects persons; None if none does."""
    rules = law.disclosures.values()
    about = (r for r in rules if data_class in r.classes and recipient in r.recipients)
    return next((r for r in about if "case" not in r.classes), None)


def class_of(field: str, classes: Mapping[str, str]) -> str:
    """The class of a field's data; a field that no class names may hold anything."""
    return classes.get(field, FREE_TEXT)


def marks(
    fields: Mapping[str, str], classes: Mapping[str, str], names: Collection[str] = ()
) -> tuple[Mark, ...]:
    """What looks like personal data in the free text among `fields`.

    Numbers of eight digits and more, IBANs, addresses of mail, and `names` known to the recovery;
    days and sums are none.
    """
    free = ((f, text) for f, text in fields.items() if class_of(f, classes) == FREE_TEXT)
    return tuple(mark for field, text in free for mark in _marks_of(field, text, names))


def _marks_of(field: str, text: str, names: Collection[str]) -> Iterator[Mark]:
    searched = _DATE.sub(lambda day: "x" * len(day[0]), text)
    for what, pattern in (("account", _IBAN), ("mail address", _ADDRESS), ("number", _NUMBER)):
        for found in pattern.finditer(searched):
            yield Mark(field, what, found.start(), found.end(), f"…{found[0].strip()[-4:]}")
            searched = searched[: found.start()] + "x" * len(found[0]) + searched[found.end() :]
    for name in names:
        for found in re.finditer(re.escape(name), text, re.IGNORECASE):
            yield Mark(field, "name", found.start(), found.end(), f"{name[0]}**")


def _source(rule: Disclosure) -> str:
    return f"{rule.instrument}, {rule.article} ({rule.status})"
