"""Which of the two engines traces a file: the plain rules, or the kernel on arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from recovery_flows.errors import MisuseError
from recovery_flows.intake.transfers.files import TransferFiles
from recovery_flows.rules.tracing import tiho
from recovery_flows.rules.tracing.rules import Among, RuleName
from recovery_flows.rules.tracing.types import Opening, Trace, Transfer

if TYPE_CHECKING:
    from recovery_flows.intake.transfers.table_files import TableFiles

MANY_ROWS = 20_000
"""From here on the kernel pays for being loaded."""

_BY_KERNEL = frozenset(RuleName) - {RuleName.POISON}


def choose_engine(
    wanted: str, files: TransferFiles | TableFiles, rule: RuleName, among: Among
) -> str:
    """`plain` or `kernel`; MisuseError where the kernel is wanted and cannot do it."""
    from recovery_flows.rules.tracing.kernel.available import is_available

    by_age = rule is not RuleName.LIBR or among is Among.FIFO
    one_claim_each = len({s.transfer_id for s in files.sources}) == len(files.sources)
    table = not isinstance(files, TransferFiles)
    known = rule in _BY_KERNEL or table
    able = is_available() and known and by_age and one_claim_each and _simple(files)
    if wanted == "kernel" and not able:
        raise MisuseError(
            "the kernel cannot do this: it needs the extra `fast`, one victim per transfer, no "
            "conversion, nothing taken back, and for poison a folder; leave out --engine"
        )
    if wanted == "auto":
        return "kernel" if able and len(files) >= MANY_ROWS else "plain"
    return wanted


def _simple(files: TransferFiles | TableFiles) -> bool:
    if not isinstance(files, TransferFiles):
        return True
    return not any(t.reverses or t.debit_currency != t.credit_currency for t in files.transfers)


def run_on_kernel(
    files: TransferFiles | TableFiles, rule: RuleName, openings: tuple[Opening, ...]
) -> Trace:
    """The same trace on arrays."""
    if not isinstance(files, TransferFiles):
        from recovery_flows.desk.table_trace import trace_table

        return trace_table(files, rule, openings)
    from recovery_flows.rules.tracing.kernel.adapt import as_trace, numbered
    from recovery_flows.rules.tracing.kernel.adapt_shares import trace_shares
    from recovery_flows.rules.tracing.kernel.entry import trace_arrays

    transfers: Sequence[Transfer] = files.transfers
    if rule is RuleName.TIHO:
        transfers, rule = tiho.in_order(transfers), RuleName.TAINTED_FIRST
    numbers = numbered(transfers, files.sources, openings, files.coverage, as_of=files.as_of)
    if rule is RuleName.PRO_RATA:
        return trace_shares(numbers)
    return as_trace(numbers, trace_arrays(rule, numbers.problem))
