"""The head of a camt statement: account, period, balances."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from recovery_flows.intake.statements.camt_entry import first
from recovery_flows.intake.statements.camt_fields import Place, fields_of
from recovery_flows.intake.statements.shape import Balance, Format, Head
from recovery_flows.intake.statements.values import day_or_instant, minor_of, number_of

_VERSION = re.compile(r"camt\.(05[234])\.001\.(\d{2})")
_OPENING = ("OPBD", "PRCD")
_CLOSING = ("CLBD",)
_CODE = ("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd")
_NUMBER = ("Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id", "Id/BBAN")
_BANK = (
    "Svcr/FinInstnId/BICFI", "Svcr/FinInstnId/BIC", "Svcr/FinInstnId/ClrSysMmbId/MmbId",
    "Svcr/FinInstnId/Othr/Id",
)  # fmt: skip
_HOLDER = ("Ownr/Nm", "Ownr/Pty/Nm", "Nm")
_FROM, _TO = ("FrDtTm", "FrDt"), ("ToDtTm", "ToDt")
_READ_BELOW = {
    "Acct": frozenset({*_NUMBER, *_BANK, *_HOLDER, "Ccy"}), "FrToDt": frozenset({*_FROM, *_TO}),
}  # fmt: skip


def head_of(statement: Any, kind: str) -> Head:  # noqa: ANN401 - lxml has no types of its own
    """What a statement says of itself before its entries; its namespace tells the version."""
    account = _child(statement, "Acct")
    fields = fields_of(account) if account is not None else {}
    period = _child(statement, "FrToDt")
    spans = fields_of(period) if period is not None else {}
    version = _VERSION.search(str(statement.tag))
    opening = _balance(statement, _OPENING)
    name = _child(statement, "Id")
    any_balance = opening or _balance(statement, None)
    return Head(
        format=Format(f"camt.{version[1] if version else kind}"),
        version=version[2] if version else "",
        statement_id=(name.text or "").strip() if name is not None else "",
        number=number_of(first(fields, *_NUMBER)),
        bank_id=first(fields, *_BANK).strip(),
        holder=first(fields, *_HOLDER).strip(),
        currency=fields.get("Ccy", "").strip() or (any_balance.currency if any_balance else ""),
        covers_from=day_or_instant(first(spans, *_FROM)),
        covers_to=day_or_instant(first(spans, *_TO)),
        opening=opening,
    )


def closing_of(statement: Any) -> Balance | None:  # noqa: ANN401 - lxml has no types of its own
    """The booked balance at the end, as stated."""
    return _balance(statement, _CLOSING)


def unread_of(statement: Any) -> Counter[str]:  # noqa: ANN401 - lxml has no types of its own
    """What is left in a statement, its entries apart, and not looked at, counted."""
    found: Counter[str] = Counter()
    balances: Counter[str] = Counter()
    for child in statement:
        name = str(child.tag).rpartition("}")[2]
        if name == "Bal":
            fields = fields_of(child)
            balances[first(fields, *_CODE)] += 1
        elif name in _READ_BELOW:
            place = Place()
            fields_of(child, place)
            found += place.unread(_READ_BELOW[name], f"{name}/")
        elif name not in ("Id", "Ntry"):
            found[name[:40]] += 1
    opening = next((code for code in _OPENING if code in balances), "")
    balances.subtract({code for code in (opening, *_CLOSING) if code in balances})
    return found + Counter({f"Bal {code[:40]}": count for code, count in balances.items()})


def _child(statement: Any, name: str) -> Any:  # noqa: ANN401 - lxml has no types of its own
    return next((c for c in statement if str(c.tag).rpartition("}")[2] == name), None)


def _balance(
    statement: Any,  # noqa: ANN401 - lxml has no types of its own
    codes: tuple[str, ...] | None,
) -> Balance | None:
    found: dict[str, Balance] = {}
    for child in statement:
        if str(child.tag).rpartition("}")[2] != "Bal":
            continue
        fields = fields_of(child)
        code = first(fields, *_CODE)
        currency = fields.get("Amt@Ccy", "")
        minor, _ = minor_of(fields.get("Amt", ""), currency, child.sourceline or 0)
        sign = -1 if fields.get("CdtDbtInd") == "DBIT" else 1
        on = day_or_instant(first(fields, "Dt/DtTm", "Dt/Dt"))
        found.setdefault(code, Balance(sign * minor, currency, on))
    if codes is None:
        return next(iter(found.values()), None)
    return next((found[code] for code in codes if code in found), None)
