"""The privacy gate: what may leave to whom, under which approval; a refusal cites its rule.

The rules are rows of a country's law, the class of a field is data of the program.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from models.privacy.personal_data import CERTAIN, NAME, NOTHING_KNOWN, Found, Known, personal_data
from recovery_flows.law.regime import Regime
from recovery_flows.law.rows import Disclosure

FREE_TEXT = "free_text"
_PLAIN = frozenset({"case", "money"})
"""Classes of fields that should hold no person; what certainly is personal is found there too."""


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval that has to be recorded before anything leaves, and the rule that says so."""

    rule: str
    reference_field: str
    because_of: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What is or looks like personal data in a field's text, masked."""

    field: str
    found: Found
    masked: str

    @property
    def what(self) -> str:
        """Which kind of data it is."""
        return self.found.kind


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
    fields: Mapping[str, str], classes: Mapping[str, str], known: Known = NOTHING_KNOWN
) -> tuple[Mark, ...]:
    """What is personal in `fields` that are not made for it.

    In free text all that looks like it; in fields about the case and the money, which hold
    references of many digits, what certainly is. Days and sums are none.
    """
    return tuple(
        mark for field, text in fields.items() for mark in _marks(field, text, classes, known)
    )


def _marks(field: str, text: str, classes: Mapping[str, str], known: Known) -> Iterator[Mark]:
    of_field = class_of(field, classes)
    if of_field != FREE_TEXT and of_field not in _PLAIN:
        return
    for found in personal_data(text, known):
        if of_field == FREE_TEXT or (of_field in _PLAIN and found.kind in CERTAIN):
            there = text[found.start : found.end].strip()
            masked = f"{there[0]}**" if found.kind == NAME else f"…{there[-4:]}"
            yield Mark(field, found, masked)


def _source(rule: Disclosure) -> str:
    return f"{rule.instrument}, {rule.article} ({rule.status})"
