"""Which of the two engines traces a file: the plain rules, or the kernel on arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from recovery_flows.errors import MisuseError
from recovery_flows.tracing.methods.catalogue import Among, RuleName
from recovery_flows.tracing.methods.rules import in_order
from recovery_flows.tracing.methods.types import Opening, Trace, Transfer
from recovery_flows.tracing.transfers.files import TransferFiles

if TYPE_CHECKING:
    from recovery_flows.tracing.kernel.adapt import Numbered
    from recovery_flows.tracing.transfers.table_files import TableFiles

MANY_ROWS = 20_000
"""From here on the kernel pays for being loaded."""


def choose_engine(
    wanted: str, files: TransferFiles | TableFiles, rule: RuleName, among: Among
) -> str:
    """`plain` or `kernel`; MisuseError where the kernel is wanted and cannot do it."""
    from recovery_flows.tracing.kernel.available import is_available

    by_age = rule is not RuleName.LIBR or among is Among.FIFO
    one_claim_each = len({s.transfer_id for s in files.sources}) == len(files.sources)
    able = is_available() and by_age and one_claim_each and _simple(files)
    if wanted == "kernel" and not able:
        raise MisuseError(
            "the kernel cannot do this: it needs the extra `fast`, one victim per transfer, no "
            "conversion, nothing taken back, libr by age; leave out --engine"
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
    from recovery_flows.tracing.kernel.adapt import as_trace
    from recovery_flows.tracing.kernel.adapt_exposure import trace_exposure
    from recovery_flows.tracing.kernel.adapt_shares import trace_shares
    from recovery_flows.tracing.kernel.entry import trace_arrays

    numbers = _numbered(files, rule, openings)
    if rule is RuleName.POISON:
        return trace_exposure(numbers)
    if rule is RuleName.PRO_RATA:
        return trace_shares(numbers)
    by = RuleName.TAINTED_FIRST if rule is RuleName.TIHO else rule
    return as_trace(numbers, trace_arrays(by, numbers.problem))


def _numbered(
    files: TransferFiles | TableFiles, rule: RuleName, openings: tuple[Opening, ...]
) -> Numbered:
    if not isinstance(files, TransferFiles):
        from recovery_flows.tracing.transfers.kernel_input import numbered_table

        return numbered_table(files, openings, rule)
    from recovery_flows.tracing.kernel.adapt import numbered

    transfers: Sequence[Transfer] = files.transfers
    if rule is RuleName.TIHO:
        transfers = in_order(transfers)
    return numbered(transfers, files.sources, openings, files.coverage, as_of=files.as_of)
