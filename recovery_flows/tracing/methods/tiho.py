"""Taint in, highest out (Tironsakkul et al.): the largest payments of a batch carry stolen money.

A batch is what one account pays at one booking instant. A lead for investigators, no court's rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from models.held_over_time import Held
from recovery_flows.tracing.methods import tainted_first
from recovery_flows.tracing.methods.batch import whole_payers_first
from recovery_flows.tracing.methods.types import Coverage, Opening, Source, Trace, Transfer


def trace(
    transfers: Iterable[Transfer],
    sources: Iterable[Source],
    openings: Iterable[Opening],
    coverage: Iterable[Coverage],
    *,
    as_of: datetime,
    holds: Iterable[Held] = (),
) -> Trace:
    """Where each claim's money could be at `as_of`, largest payments first in every batch."""
    ordered = in_order(transfers)
    return tainted_first.trace(ordered, sources, openings, coverage, as_of=as_of, holds=holds)


def in_order(transfers: Iterable[Transfer]) -> list[Transfer]:
    """The payments in the order in which stolen money first is highest out."""
    ordered = sorted(transfers, key=lambda t: (t.at, t.order, t.id))
    batches = (list(batch) for _, batch in groupby(ordered, key=lambda t: t.at))
    largest_first = [t for batch in batches for t in _largest_first(batch)]
    return [replace(t, order=number) for number, t in enumerate(largest_first)]


def _largest_first(batch: Sequence[Transfer]) -> Iterator[Transfer]:
    """Payer by payer, payers before their payees, each one's payments by falling amount."""
    for places in whole_payers_first([(t.payer, t.payee) for t in batch]):
        yield from sorted((batch[n] for n in places), key=lambda t: -t.debit_minor)
