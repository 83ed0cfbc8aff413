"""Complaint files, pasted reports and transfer files with invented columns and cells."""

from __future__ import annotations

from bench.fuzz.dice import DAYS, WORDS, Dice, encoded
from bench.fuzz.objects import Pairs, shaken, spelled
from recovery_flows.intake.complaints import OPTIONAL_COLUMNS, REQUIRED_COLUMNS

_COLUMNS = (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS)
_LABELS = (
    "victim", "name", "phone", "from bank", "from account", "to bank", "to account", "payee",
    "amount",
    "time", "reported", "uetr", "method", "case", "bank", "account", "报案编号", "受害人",
    "付款银行",
    "付款账号", "收款银行", "收款账号", "金额", "转账时间", "currency", "Paid at",
    "AMOUNT (CNY)", "x",
)  # fmt: skip


_DAYS = {"paid_at": "2026-03-02", "reported_at": "2026-03-03"}


def _cell(dice: Dice, column: str) -> str:
    if dice.is_odd():
        return dice.value()
    if column == "amount":
        return dice.amount()
    if column == "currency":
        return dice.currency()
    if column.endswith("_at"):
        return f"{_DAYS[column]}T10:{dice.randrange(60):02}:00+08:00"
    if column.endswith("_bank"):
        return dice.of(("bank-a", "bank-b"))
    return f"99990{dice.randrange(10_000):04}" if column.endswith("account") else dice.word()


def complaints(dice: Dice) -> bytes:
    """A complaint file: CSV, a JSON array, or JSON lines."""
    columns = list(_COLUMNS)
    if dice.chance(6):
        dice.shuffle(columns)
    if dice.is_odd():
        columns.append(dice.of((*_COLUMNS, dice.word(), "note")))
    if dice.is_odd():
        columns.pop(dice.randrange(len(columns)))
    rows = [[_cell(dice, column) for column in columns] for _ in range(dice.few(5))]
    kind = dice.randrange(4)
    if kind > 1:
        return encoded(dice, _csv(dice, [columns, *rows], dice.of((",", ",", ";", "\t"))))
    objects = [spelled(dice, shaken(dice, _paired(columns, row), 60)) for row in rows]
    if kind:
        return encoded(dice, "\n".join(objects))
    comma, end = dice.of((",,", " ", ",")) if dice.is_odd() else ",", "" if dice.is_odd() else "]"
    return encoded(dice, f"[{comma.join(objects)}{end}")


def _paired(columns: list[str], row: list[str]) -> Pairs:
    return list(zip(columns, row, strict=True))


def _csv(dice: Dice, rows: list[list[str]], delimiter: str) -> str:
    end = dice.of(("\n", "\n", "\r\n", "\r"))
    lines = [delimiter.join(_quoted(dice, cell, delimiter) for cell in row) for row in rows]
    if dice.is_odd() and lines:
        lines.insert(dice.randrange(len(lines) + 1), dice.value())
    return end.join(lines) + dice.of((end, ""))


def _quoted(dice: Dice, cell: str, delimiter: str) -> str:
    if dice.is_odd():
        return cell  # whatever is in it
    if dice.chance(10) or any(mark in cell for mark in (delimiter, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def pasted(dice: Dice) -> bytes:
    """A report as somebody pastes it: lines, a row with its header, or an object."""
    kind = dice.randrange(6)
    if kind == 0:
        row = [_cell(dice, column) for column in _COLUMNS]
        return encoded(dice, _csv(dice, [list(_COLUMNS), row], dice.of((",", "\t", ";", "|"))))
    if kind == 1:
        return encoded(dice, spelled(dice, shaken(dice, list(_PASTED))))
    lines = []
    for plain in _PASTED:
        label, value = (dice.of(_LABELS), _pasted_value(dice)) if dice.is_odd() else plain
        mark = dice.of(("", "\n", "\t", " = ")) if dice.is_odd() else dice.of((": ", "：", ":"))
        lines.append(f"{dice.of(('', '- ', '1. ', '> '))}{label}{mark}{value}")
    return encoded(dice, dice.of(("\n", "\n", "\r\n", "; ")).join(lines))


_PASTED = (
    ("victim", "Synthetic Name"), ("from bank", "bank-a"), ("from account", "9999 0000 0001"),
    ("收款银行", "bank-b"), ("收款账号", "999900000002"), ("金额", "CNY 1,234.50"),
    ("time", "2026-03-02 14:05"), ("phone", "x@y.example"),
)  # fmt: skip


def _pasted_value(dice: Dice) -> str:
    return dice.of((
        f"CNY {dice.amount()}", f"{dice.amount()}元", dice.of(DAYS), "9999 0000 0001 (bank-a)",
        "bank-b", "2026-03-02 14:05", dice.of(WORDS), dice.value(),
    ))  # fmt: skip


_TRANSFERS = ("id", "time", "from", "to", "amount", "currency", "kind", "seq", "reverses")


def transfers(dice: Dice) -> bytes:
    """A file of transfers, most of its rows plain, with a row or two as nobody would write it."""
    columns = list(_TRANSFERS[: dice.of((6, 6, 6, 7, 9))])
    if dice.is_odd():
        columns.append(dice.of((*_TRANSFERS, "note", "")))
    currency, form = dice.of(("CNY", "CNY", "JPY", "KWD")), dice.randrange(4)
    rows = []
    for number in range(dice.few(8)):
        row = [_transfer_cell(dice, column, number, currency, form) for column in columns]
        if dice.is_odd():
            row[dice.randrange(len(row))] = dice.value()
        rows.append(row)
    return encoded(dice, _csv(dice, [columns, *rows], ","))


def _transfer_cell(dice: Dice, column: str, number: int, currency: str, form: int) -> str:
    second = dice.randrange(60)
    times = (
        f"2026-03-02T10:00:{second:02}Z", f"2026-03-02 10:00:{second:02}", str(second),
        "2026-03-02",
    )  # fmt: skip
    return {
        "id": f"t{number}", "time": times[form], "from": dice.of("abc"), "to": dice.of("abcd"),
        "amount": dice.of((f"{dice.randrange(10**6)}", f"{dice.randrange(1000)}.5", "007.5")),
        "currency": currency, "kind": dice.of(("", "transfer", "cash")), "seq": dice.of(("", "1")),
        "reverses": "",
    }.get(column, dice.word())  # fmt: skip
