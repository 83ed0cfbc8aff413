"""One camt entry, with the single payments inside it, as entries that sum to what was booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.facts import Direction, LineKind
from models.money import Money
from recovery_flows.intake.statements.shape import Entry, StatementRefusedError
from recovery_flows.intake.statements.values import day_or_instant, minor_of, number_of, real_id

Fields = dict[str, str]

_KINDS = {
    "CWDL": LineKind.CASH, "CDPT": LineKind.CASH, "CHRG": LineKind.FEE, "FEES": LineKind.FEE,
    "COMM": LineKind.FEE, "POSD": LineKind.CARD, "POSC": LineKind.CARD,
}  # fmt: skip
_FAMILIES = {"CCRD": LineKind.CARD, "MCRD": LineKind.CARD, "CNTR": LineKind.CASH}


def first(fields: Fields, *paths: str) -> str:
    """The first of several places that says anything."""
    return next((fields[path] for path in paths if fields.get(path, "").strip()), "")


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
        raise StatementRefusedError(f"an entry says {said[:10]!r}, not CRDT or DBIT", line)
    own = fields.get("Amt@Ccy", currency)
    minor, warning = minor_of(fields.get("Amt", ""), own, line)
    direction = Direction.CREDIT if said == "CRDT" else Direction.DEBIT
    if minor < 0:
        direction = Direction.DEBIT if direction is Direction.CREDIT else Direction.CREDIT
    entry = Entry(
        direction=direction,
        amount=Money(abs(minor), own),
        booked=day_or_instant(first(fields, "BookgDt/DtTm", "BookgDt/Dt")),
        valued=day_or_instant(first(fields, "ValDt/DtTm", "ValDt/Dt")),
        kind=_kind(fields, {}),
        is_pending=first(fields, "Sts/Cd", "Sts/Prtry", "Sts").strip() in ("PDNG", "FUTR", "INFO"),
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
        sub = place.get("BkTxCd/Domn/Fmly/SubFmlyCd", "").strip()
        family = place.get("BkTxCd/Domn/Fmly/Cd", "").strip()
        if sub in _KINDS or family in _FAMILIES:
            return _KINDS.get(sub) or _FAMILIES[family]
    return LineKind.TRANSFER


def _with_detail(booked: Entry, detail: Fields, fields: Fields) -> Entry:
    """An entry with what its only payment says; the amount stays what was booked."""
    side = "Dbtr" if booked.direction is Direction.CREDIT else "Cdtr"
    # In a reversal the parties keep the roles of the payment that is taken back.
    if booked.is_reversal:
        side = "Cdtr" if side == "Dbtr" else "Dbtr"
    party, agent = f"RltdPties/{side}", f"RltdAgts/{side}Agt/FinInstnId"
    text = first(detail, "RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "AddtlTxInf")
    return replace(
        booked,
        kind=_kind(fields, detail),
        bank_reference=booked.bank_reference or real_id(detail.get("Refs/AcctSvcrRef")),
        end_to_end_id=real_id(detail.get("Refs/EndToEndId")),
        uetr=real_id(detail.get("Refs/UETR")),
        return_code=first(detail, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry").strip(),
        instructed=_instructed(booked, detail, fields),
        counter_number=number_of(
            first(
                detail, f"{party}Acct/Id/IBAN", f"{party}Acct/Id/Othr/Id",
                f"{party}Acct/Id/PrtryAcct/Id", f"{party}Acct/Id/BBAN",
            )
        ),
        counter_bank_id=first(
            detail, f"{agent}/BICFI", f"{agent}/BIC", f"{agent}/ClrSysMmbId/MmbId"
        ).strip(),
        counter_holder=first(detail, f"{party}/Nm", f"{party}/Pty/Nm").strip(),
        text=text.strip() or booked.text,
    )  # fmt: skip


def _instructed(booked: Entry, detail: Fields, fields: Fields) -> Money | None:
    """The other amount, where the payment was told to the bank in another currency."""
    for place in (detail, fields):
        for path in ("AmtDtls/InstdAmt/Amt", "AmtDtls/TxAmt/Amt", "Amt"):
            currency = place.get(path + "@Ccy", "")
            if currency and currency != booked.amount.currency:
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
