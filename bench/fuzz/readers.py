"""Every reader of the program with what makes its input; each says `read` or `refused`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from bench.fuzz import objects, same, statements, tables
from bench.fuzz.dice import Dice
from models.facts import RawAnswer
from models.ids import CallId, PartnerId
from recovery_flows.errors import MisuseError, RecoveryFlowsError
from recovery_flows.intake.bookings import file_parts
from recovery_flows.intake.complaints import read_reports
from recovery_flows.intake.pasted.report import Around, read_pasted
from recovery_flows.intake.refusals import RowRefusal
from recovery_flows.intake.statements.reading import read_bytes
from recovery_flows.intake.statements.shape import StatementRefusedError
from recovery_flows.partners.rbp1 import answers, daily, feed_wire, wire
from recovery_flows.tracing.methods.types import Transfer
from recovery_flows.tracing.transfers.files import in_order, read_transfers
from recovery_flows.tracing.transfers.mapping import PLAIN
from recovery_flows.tracing.transfers.quick import quick_table, table_of
from recovery_flows.tracing.transfers.rows import FileRefusedError
from recovery_flows.tracing.transfers.table import LazyTransfers
from recovery_flows.tracing.transfers.table_files import check_plain_money

NOW = datetime(2026, 3, 10, tzinfo=UTC)
READ, REFUSED = "read", "refused"
_BANK = PartnerId("bank-a")
_AROUND = Around(NOW, NOW, "Asia/Shanghai", {"bank-a": "bank-a", "bank-b": "bank-b"}, "CNY")
_FILES = Path(__file__).parents[2] / "tests" / "data"


class DisagreementError(AssertionError):
    """Two ways of reading the same say different things."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What makes bytes, what reads them, and real files whose bytes are bent as well."""

    make: Callable[[Dice], bytes]
    read: Callable[[bytes, Path], str]
    samples: tuple[bytes, ...] = ()
    units: tuple[re.Pattern[bytes], ...] = ()
    """What of its input can be repeated as often as one likes; without one it is not."""
    weight: int = 8


def _statement(data: bytes, folder: Path) -> str:
    del folder
    try:
        for part in file_parts(read_bytes(data)):
            repr(part)
    except StatementRefusedError as error:
        str(error).encode("utf-8", "surrogatepass")
        return REFUSED
    return READ


def _complaints(data: bytes, folder: Path) -> str:
    path = folder / "complaints"
    path.write_bytes(data)
    try:
        rows = [isinstance(row, RowRefusal) for row in read_reports(path, NOW)]
    except MisuseError:
        return REFUSED
    return READ if not all(rows) else REFUSED


def _pasted(data: bytes, folder: Path) -> str:
    del folder
    found = read_pasted(data.decode("utf-8", "replace"), _AROUND)
    return READ if found.report is not None else REFUSED


def _transfers(data: bytes, folder: Path) -> str:
    """The quick reader says what the row-by-row reader says, or gives up."""
    path = folder / "transfers.csv"
    path.write_bytes(data)
    quick = quick_table([path], PLAIN)
    try:
        rows = in_order(read_transfers(path))
        check_rows = table_of(rows) if _is_plain(rows) else None
    except (FileRefusedError, MisuseError) as error:
        if quick is not None:
            raise DisagreementError("only the quick reader takes it") from error
        return REFUSED
    if quick is None:
        return READ
    if check_rows is None or list(LazyTransfers(quick)) != list(LazyTransfers(check_rows)):
        raise DisagreementError("the readers take it differently")
    return READ


def _is_plain(rows: list[Transfer]) -> bool:
    from recovery_flows.tracing.transfers.files import TransferFiles

    try:
        check_plain_money(TransferFiles(tuple(rows), (), {}, ()))
    except MisuseError:
        return False
    return bool(rows)


def _same(data: bytes, folder: Path) -> str:
    del folder
    why = same.difference(data)
    if why:
        raise DisagreementError(why)
    return READ


def _feed(data: bytes, folder: Path) -> str:
    del folder
    return _refused_or_read(lambda: feed_wire.parse_feed([data], _BANK))


def _parse(kind: str) -> Callable[[bytes, Path], str]:
    parse: dict[str, Callable[[bytes], object]] = {
        "hold": lambda raw: wire.parse_hold(raw, _BANK),
        "payout": lambda raw: wire.parse_payout(raw, _BANK),
        "task": lambda raw: wire.parse_task(raw, _BANK),
        "statement": lambda raw: (wire.next_link(raw, _BANK), wire.parse_statement([raw], _BANK)),
        "capabilities": lambda raw: wire.parse_capabilities(raw, _BANK),
        "balance": lambda raw: wire.parse_balance(raw, _BANK, "99990001"),
        "call": lambda raw: wire.parse_call(raw, _BANK, CallId("key-1")),
        "daily": lambda raw: daily.parse_daily(
            raw, _BANK, date(2026, 3, 2), date(2026, 3, 2), "Asia/Shanghai"
        ),
        "problem": lambda raw: answers.check_answer(
            _BANK, RawAnswer(422, raw, "application/json"), CallId("key-1")
        ),
    }

    def read(data: bytes, folder: Path) -> str:
        del folder
        return _refused_or_read(lambda: parse[kind](data))

    return read


def _refused_or_read(work: Callable[[], object]) -> str:
    try:
        work()
    except RecoveryFlowsError:
        return REFUSED
    return READ


def _samples(*patterns: str) -> tuple[bytes, ...]:
    return tuple(
        p.read_bytes() for one in patterns for p in sorted(_FILES.glob(one)) if p.is_file()
    )


_XML = (
    re.compile(rb"<(\w+)[^<>]*>[^<>]*</\1>"),
    re.compile(rb"<(Ntry|TxDtls|NtryDtls|Bal|Stmt|Acct)>.*?</\1>", re.DOTALL),
)
_OFX = (re.compile(rb"<\w+>[^<>]*"), re.compile(rb"<(STMTTRN|STMTRS)>.*?</\1>", re.DOTALL))
_JSON = (re.compile(rb"(?<=[\[,])\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}(?=[\],])"),)
_LINES = (re.compile(rb"(?<=\n)[^\n]+\n"),)

READERS: dict[str, Reader] = {
    "camt": Reader(statements.camt, _statement, _samples("statements/*.xml"), _XML),
    "mt940": Reader(statements.mt940, _statement, _samples("statements/*.sta"), _LINES),
    "ofx": Reader(statements.ofx, _statement, _samples("statements/*.ofx"), _OFX),
    "bank json": Reader(objects.bank_json, _statement, _samples("statements/*.json"), _JSON),
    "zip": Reader(statements.zipped, _statement, weight=3),
    "complaints": Reader(tables.complaints, _complaints, _samples("reports/*.*"), _LINES + _JSON),
    "pasted": Reader(tables.pasted, _pasted, _samples("reports/pasted/*")),
    "transfers, both readers": Reader(tables.transfers, _transfers, (), _LINES, weight=1),
    "one booking in four formats": Reader(same.bookings, _same, weight=1),
    "wire: feed": Reader(objects.feed, _feed, (), _JSON, weight=6),
    **{
        f"wire: {kind}": Reader(
            lambda dice, kind=kind: objects.answer(dice, kind),
            _parse(kind),
            (),
            _JSON if kind in ("statement", "task", "daily") else (),
            weight=1,
        )  # type: ignore[misc]
        for kind in objects.ANSWERS
    },
}
