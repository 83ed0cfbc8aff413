"""From named values to the cells of a complaint file, each with how it was understood."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.language.phrase import phrase
from recovery_flows.intake.pasted.amounts import read_sum
from recovery_flows.intake.pasted.labels import ACCOUNT, BANK
from recovery_flows.intake.pasted.lines import Entry
from recovery_flows.intake.pasted.times import read_instant_text
from recovery_flows.intake.refusals import CellRefusedError

_SIDES = ("victim", "payee")
_NUMBER_FIRST = re.compile(
    r"(?P<number>[0-9A-Za-z][0-9A-Za-z \-]{3,}?)\s*(?:\bat\b|[@,/(\[])\s*(?P<bank>.+?)\s*[)\]]?"
)
_BANK_FIRST = re.compile(r"(?P<bank>.+?)[\s,/(]+(?P<number>[0-9][0-9 \-]{3,}[0-9])\)?")
# Groups of an IBAN are capitals; a word beside a number would become a part of it.
_WORD = re.compile(r"(?:^| )(?:(?=[A-Za-z]{3})[A-Z]*[a-z]+|[A-Z]{3,} [A-Z]{3,})(?: |$)")
_VALUE_MAX = 200


@dataclass(frozen=True, slots=True)
class Around:
    """What a text leaves out: `now` and when it came (aware), the legal zone, the known banks.

    `banks` gives a partner's id by its id, name or codes in small letters; a name that two have is
    not in it. `currency` is that of the unit's own banks, "" where they have several.
    """

    now: datetime
    received_at: datetime
    time_zone: str
    banks: Mapping[str, str]
    currency: str = ""


@dataclass(slots=True)
class Understood:
    """Cells by column, notes by column, and what could not be understood, by column."""

    cells: dict[str, str] = field(default_factory=dict, repr=False)
    notes: dict[str, str] = field(default_factory=dict)
    flaws: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, value: str, note: str = "") -> None:
        """Keep a value, with how it was understood where it does not stand there so."""
        self.cells[name] = value
        if note:
            self.notes[name] = note


def understand(found: Sequence[Entry], around: Around) -> Understood:
    """The cells that a text gives; nothing is guessed, what is added or changed has a note."""
    result = Understood()
    result.flaws += [(entry.name, entry.flaw) for entry in found if entry.flaw]
    values = _once(found, result)
    for name in ("external_ref", "victim_name", "victim_contact", "payee_name", "end_to_end_id",
                 "method", "case_number"):  # fmt: skip
        if values.get(name):
            result.add(name, values[name])
    _accounts(values, found, around, result)
    _sum(values, found, around, result)
    _instant("paid_at", values.get("paid_at", ""), around, result)
    if values.get("reported_at"):
        _instant("reported_at", values["reported_at"], around, result)
    else:
        result.add("reported_at", _came(around, result), phrase("not in the text: when it came in"))
    return result


def _came(around: Around, result: Understood) -> str:
    """When the text came in; a payment later than that shows that it was changed since."""
    came, paid = around.received_at, result.cells.get("paid_at")
    late = paid is not None and datetime.fromisoformat(paid) > came
    return (around.now if late else came).isoformat()


_JOINED = {"victim_contact": ", ", "paid_at": " "}
"""Given in several lines these are put together: a telephone and an address, a day and a time."""


def _once(found: Sequence[Entry], result: Understood) -> dict[str, str]:
    """One value for each field; a field given twice and not the same is a flaw."""
    given: dict[str, list[str]] = {}
    for entry in found:
        known = given.setdefault(entry.name, [])
        if entry.value and entry.value not in known:
            known.append(entry.value)
    values = {}
    for name, known in given.items():
        if len(known) > 1 and name not in _JOINED and name != BANK:
            result.flaws.append((name, phrase("is given twice and not the same")))
        if name == "paid_at" and len(known) > 1:
            known.sort(key=lambda text: ":" in text)  # the day before the time of day
        values[name] = _JOINED.get(name, " ").join(known)
    return values


def _accounts(
    values: Mapping[str, str], found: Sequence[Entry], around: Around, result: Understood
) -> None:
    banks = {side: values.get(f"{side}_bank", "") for side in _SIDES}
    numbers = {side: values.get(f"{side}_account", "")[:_VALUE_MAX] for side in _SIDES}
    for side in _SIDES:
        number, bank = _apart(numbers[side], around.banks)
        if bank and banks[side] in ("", bank):
            numbers[side], banks[side] = number, bank
            result.notes[f"{side}_bank"] = phrase("from the line of the account")
    _bare_banks(found, banks, result)
    if values.get(ACCOUNT) and not all(numbers.values()):
        result.flaws.append(
            (ACCOUNT, phrase("does not say whether it is the victim's or the payee's"))
        )
    for side in _SIDES:
        _bank(f"{side}_bank", banks[side], around.banks, result)
        _number(f"{side}_account", numbers[side], result)


def _apart(text: str, banks: Mapping[str, str]) -> tuple[str, str]:
    """Number and bank of a line such as `9999 0001 (bank-a)` or `bank-a 9999 0001`.

    What stands in brackets after a number is taken for a bank even if no such bank is known: then
    that is what has to be mended.
    """
    first, last = _NUMBER_FIRST.fullmatch(text), _BANK_FIRST.fullmatch(text)
    for match in (first, last):
        if match and _known(match["bank"], banks):
            return match["number"], match["bank"]
    return (first["number"], first["bank"]) if first else (text, "")


def _bare_banks(found: Sequence[Entry], banks: dict[str, str], result: Understood) -> None:
    """Lines that say `bank` and not whose: by the account beside them, where that is plain."""
    order = [e for e in found if e.name in (BANK, "victim_account", "payee_account") and e.value]
    bare = [entry for entry in order if entry.name == BANK]
    lacking = [side for side in _SIDES if not banks[side]]
    if not bare or not lacking:
        return
    if len(bare) == 1 and len(lacking) == 1:
        banks[lacking[0]] = bare[0].value
        result.notes[f"{lacking[0]}_bank"] = phrase("the other account's bank is named")
        return
    turns = [entry.name == BANK for entry in order]
    if len(bare) == 2 and len(lacking) == 2 and turns in ([True, False] * 2, [False, True] * 2):
        accounts = [entry.name.partition("_")[0] for entry in order if entry.name != BANK]
        for side, entry in zip(accounts, bare, strict=True):
            banks[side] = entry.value
            result.notes[f"{side}_bank"] = phrase("by the account beside it")
        return
    result.flaws.append((BANK, phrase("does not say whose it is")))
    result.flaws += [(f"{side}_bank", phrase("is not named")) for side in lacking]


def _bank(name: str, value: str, banks: Mapping[str, str], result: Understood) -> None:
    found = _known(value, banks)
    if value and not found and name not in dict(result.flaws):
        result.flaws.append((name, phrase("is not a registered partner")))
    note = result.notes.pop(name, "")
    if found and found != value:
        note = "; ".join(
            part for part in (note, phrase("written {value}", value=value[:40])) if part
        )
    if value:
        result.add(name, found or value, note)


def _known(bank: str, banks: Mapping[str, str]) -> str:
    return banks.get(" ".join(bank.casefold().split()), "")


def _number(name: str, value: str, result: Understood) -> None:
    bare = value.replace(" ", "").replace("-", "")
    if _WORD.search(value):
        result.flaws.append((name, phrase("has words beside the number")))
    if value:
        result.add(name, bare, "" if bare == value else phrase("without blanks and dashes"))


def _sum(
    values: Mapping[str, str], found: Sequence[Entry], around: Around, result: Understood
) -> None:
    text, currency = values.get("amount", ""), values.get("currency", "").upper()
    if not text:
        if currency:
            result.add("currency", currency)
        return
    hint = next((e.hint for e in found if e.name == "amount" and e.hint), "")
    try:
        number, code, note = read_sum(text, hint, currency, around.currency)
    except CellRefusedError as refusal:
        result.flaws.append((refusal.field, refusal.why))
        return
    result.add("amount", number, note)
    if code:
        result.add("currency", code)


def _instant(name: str, text: str, around: Around, result: Understood) -> None:
    if not text:
        return
    try:
        at, note = read_instant_text(text, name, around.time_zone, around.now)
    except CellRefusedError as refusal:
        result.flaws.append((name, refusal.why))
    else:
        result.add(name, at.isoformat(), note)
