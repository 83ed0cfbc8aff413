"""One camt entry, with the single payments inside it, as entries that sum to what was booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.facts import Direction, LineKind
from models.language.phrase import phrase
from models.money import Money
from recovery_flows.intake.statements.camt_fields import Fields
from recovery_flows.intake.statements.shape import Entry, StatementRefusedError
from recovery_flows.intake.statements.values import day_or_instant, minor_of, number_of, real_id

_KINDS = {
    "CWDL": LineKind.CASH, "CDPT": LineKind.CASH, "CHRG": LineKind.FEE, "FEES": LineKind.FEE,
    "COMM": LineKind.FEE, "POSD": LineKind.CARD, "POSC": LineKind.CARD,
}  # fmt: skip
_FAMILIES = {"CCRD": LineKind.CARD, "MCRD": LineKind.CARD, "CNTR": LineKind.CASH}


class _Side:
    """Where a payment tells its debtor or its creditor."""

    def __init__(self, side: str) -> None:
        account, agent = f"RltdPties/{side}Acct/Id", f"RltdAgts/{side}Agt/FinInstnId"
        self.numbers = tuple(f"{account}/{p}" for p in ("IBAN", "Othr/Id", "PrtryAcct/Id", "BBAN"))
        self.banks = tuple(f"{agent}/{p}" for p in ("BICFI", "BIC", "ClrSysMmbId/MmbId"))
        self.names = f"RltdPties/{side}/Nm", f"RltdPties/{side}/Pty/Nm"


_DEBTOR, _CREDITOR = _Side("Dbtr"), _Side("Cdtr")
_TEXTS = ("RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "AddtlTxInf")
_OTHER_AMOUNTS = tuple(
    (path, path + "@Ccy") for path in ("AmtDtls/InstdAmt/Amt", "AmtDtls/TxAmt/Amt", "Amt")
)


_CODES = ("BkTxCd/Domn/Fmly/SubFmlyCd", "BkTxCd/Domn/Fmly/Cd")
_BOOKED, _VALUED = ("BookgDt/DtTm", "BookgDt/Dt"), ("ValDt/DtTm", "ValDt/Dt")
_STATUS = ("Sts/Cd", "Sts/Prtry", "Sts")
_RETURNS = ("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")
_AMOUNTS = tuple(path for path, _ in _OTHER_AMOUNTS)
READ_OF_ENTRY = frozenset(
    {"Amt", "CdtDbtInd", "RvslInd", "AcctSvcrRef", "NtryRef", "AddtlNtryInf", *_BOOKED, *_VALUED,
     *_STATUS, *_CODES, *_AMOUNTS}
)  # fmt: skip
READ_OF_PAYMENT = frozenset(
    {"CdtDbtInd", "Refs/AcctSvcrRef", "Refs/EndToEndId", "Refs/UETR", *_RETURNS, *_CODES,
     *_AMOUNTS, *_TEXTS}
    | {path for side in (_DEBTOR, _CREDITOR) for path in (*side.numbers, *side.banks, *side.names)}
)  # fmt: skip
"""The paths that are looked at; whatever else is there is told to be unread."""


def first(fields: Fields, *paths: str) -> str:
    """The first of several places that says anything."""
    for path in paths:
        text = fields.get(path)
        if text and not text.isspace():
            return text
    return ""


def entries_of(
    fields: Fields, details: Sequence[Fields], currency: str, line: int
) -> tuple[list[Entry], list[str]]:
    """An entry as its single payments, and what a person should know about them."""
    booked, warnings = _booked(fields, line, currency)
    if len(details) < 2:
        return [_with_detail(booked, details[0] if details else {}, fields)], warnings
    parts = [_part(booked, detail, fields) for detail in details]
    if any(part is None for part in parts):
        warnings.append(f"line {line}: {len(details)} payments without amounts are one booking")
        return [booked], warnings
    known = [part for part in parts if part is not None]
    whole = booked.amount.minor
    total = sum(_signed(part) for part in known) * (1 if _signed(booked) >= 0 else -1)
    if total == whole:
        return known, warnings
    if all(part.amount.minor == whole for part in known):
        warnings.append(f"line {line}: {len(details)} payments repeat the sum of the booking")
        return [booked], warnings
    warnings.append(f"line {line}: the payments of a booking differ from its sum")
    return [*known, _rest(booked, whole - total)], warnings


def _signed(entry: Entry) -> int:
    return entry.amount.minor if entry.direction is Direction.CREDIT else -entry.amount.minor


def _rest(booked: Entry, minor: int) -> Entry:
    direction = booked.direction
    if minor < 0:
        direction = Direction.DEBIT if direction is Direction.CREDIT else Direction.CREDIT
    money = Money(abs(minor), booked.amount.currency)
    return replace(
        booked, amount=money, direction=direction, kind=LineKind.FEE, bank_reference="",
        end_to_end_id="", uetr="", counter_number="", counter_holder="", text="",
    )  # fmt: skip


def _booked(fields: Fields, line: int, currency: str) -> tuple[Entry, list[str]]:
    said = fields.get("CdtDbtInd", "").strip()
    if said not in ("CRDT", "DBIT"):
        raise StatementRefusedError(
            phrase("an entry says {said!r}, not CRDT or DBIT", said=said[:10]), line
        )
    own = fields.get("Amt@Ccy", currency)
    minor, warning = minor_of(fields.get("Amt", ""), own, line)
    direction = Direction.CREDIT if said == "CRDT" else Direction.DEBIT
    if minor < 0:
        direction = Direction.DEBIT if direction is Direction.CREDIT else Direction.CREDIT
    entry = Entry(
        direction=direction,
        amount=Money(abs(minor), own),
        booked=day_or_instant(first(fields, *_BOOKED)),
        valued=day_or_instant(first(fields, *_VALUED)),
        kind=_kind(fields, {}),
        is_pending=first(fields, *_STATUS).strip() in ("PDNG", "FUTR", "INFO"),
        is_reversal=fields.get("RvslInd", "").strip() in ("true", "1"),
        bank_reference=real_id(first(fields, "AcctSvcrRef", "NtryRef")),
        end_to_end_id="",
        uetr="",
        return_code="",
        instructed=None,
        counter_number="",
        counter_bank_id="",
        counter_holder="",
        text=fields.get("AddtlNtryInf", "").strip(),
        place=f"line {line}",
    )
    return entry, [f"line {line}: {warning}"] if warning else []


def _kind(fields: Fields, detail: Fields) -> LineKind:
    for place in (detail, fields):
        sub, family = (place.get(code, "").strip() for code in _CODES)
        if sub in _KINDS or family in _FAMILIES:
            return _KINDS.get(sub) or _FAMILIES[family]
    return LineKind.TRANSFER


def _with_detail(booked: Entry, detail: Fields, fields: Fields) -> Entry:
    """An entry with what its only payment says; the amount stays what was booked."""
    # In a reversal the parties keep the roles of the payment that is taken back.
    is_debtor = (booked.direction is Direction.CREDIT) is not booked.is_reversal
    side = _DEBTOR if is_debtor else _CREDITOR
    # Written out: `replace` costs as much as the rest of an entry.
    return Entry(
        direction=booked.direction,
        amount=booked.amount,
        booked=booked.booked,
        valued=booked.valued,
        kind=_kind(fields, detail),
        is_pending=booked.is_pending,
        is_reversal=booked.is_reversal,
        bank_reference=booked.bank_reference or real_id(detail.get("Refs/AcctSvcrRef")),
        end_to_end_id=real_id(detail.get("Refs/EndToEndId")),
        uetr=real_id(detail.get("Refs/UETR")),
        return_code=first(detail, *_RETURNS).strip(),
        instructed=_instructed(booked, detail, fields),
        counter_number=number_of(first(detail, *side.numbers)),
        counter_bank_id=first(detail, *side.banks).strip(),
        counter_holder=first(detail, *side.names).strip(),
        text=first(detail, *_TEXTS).strip() or booked.text,
        place=booked.place,
    )


def _instructed(booked: Entry, detail: Fields, fields: Fields) -> Money | None:
    """The other amount, where the payment was told to the bank in another currency."""
    own = booked.amount.currency
    for place in (detail, fields):
        for path, coded in _OTHER_AMOUNTS:
            currency = place.get(coded, "")
            if currency and currency != own:
                minor, _ = minor_of(place[path], currency)
                return Money(abs(minor), currency)
    return None


def _part(booked: Entry, detail: Fields, fields: Fields) -> Entry | None:
    """One payment of a batch with its own amount; None where it does not tell one."""
    currency = booked.amount.currency
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        if detail.get(path + "@Ccy") == currency:
            minor, _ = minor_of(detail[path], currency)
            said = detail.get("CdtDbtInd", "").strip()
            direction = {"CRDT": Direction.CREDIT, "DBIT": Direction.DEBIT}.get(said)
            one = replace(
                booked, amount=Money(abs(minor), currency),
                direction=direction or booked.direction, bank_reference="",
            )  # fmt: skip
            return _with_detail(one, detail, fields)
    return None
