"""The rules that walk: how an account keeps its money, and nothing else, makes a rule.

- `fifo`: first in, first out (Clayton's case): the oldest money in an account is the first to
  leave. `lifo`: the newest.
- `pro_rata`: every payment takes the same share of all money in the account at the moment.
- `libr`: own money first (Re Hallett). What the holder pays out is his own as long as he has any,
  and what he pays in later is his own too, so that a claim never grows again: the lowest balance
  since it came (Roscoe v Winder) falls out by itself.
- `tainted_first`: stolen money first, the victims' by age: a lead to where it can have gone, no
  attribution. It isn't Oatway's choice either: that is a person's election of one asset.
- `tiho`: taint in, highest out (Tironsakkul et al.): the largest payments of a batch carry stolen
  money. A batch is what one account pays at one booking instant. A lead, no court's rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from models.measures.held_over_time import Held
from recovery_flows.tracing.methods.lots import NEWEST_FIRST, OLDEST_FIRST
from recovery_flows.tracing.methods.ordering import whole_payers_first
from recovery_flows.tracing.methods.piece import Rule
from recovery_flows.tracing.methods.pro_rata import SHARES, rounded
from recovery_flows.tracing.methods.result import Walked, traced
from recovery_flows.tracing.methods.two_parts import Among, two_part_rule
from recovery_flows.tracing.methods.types import Coverage, Opening, Source, Trace, Transfer
from recovery_flows.tracing.methods.walk import walk


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


@dataclass(frozen=True, slots=True)
class WalkingRule:
    """A rule of the one walk; `order` puts the payments, `finish` makes whole minor units."""

    keeps: Rule
    finish: Callable[[Walked], Walked] | None = None
    order: Callable[[Iterable[Transfer]], Iterable[Transfer]] | None = None

    def trace(
        self,
        transfers: Iterable[Transfer],
        sources: Iterable[Source],
        openings: Iterable[Opening],
        coverage: Iterable[Coverage],
        *,
        as_of: datetime,
        holds: Iterable[Held] = (),
    ) -> Trace:
        """Where each claim's money is at `as_of`, in whole minor units."""
        put = transfers if self.order is None else self.order(transfers)
        walked = walk(self.keeps, put, sources, openings, coverage, as_of, holds)
        return traced(walked if self.finish is None else self.finish(walked))


_STOLEN_FIRST = two_part_rule(Among.FIFO, own_first=False)
fifo = WalkingRule(OLDEST_FIRST)
lifo = WalkingRule(NEWEST_FIRST)
pro_rata = WalkingRule(SHARES, rounded)
libr = WalkingRule(two_part_rule(Among.FIFO, own_first=True))
libr_pro_rata = WalkingRule(two_part_rule(Among.PRO_RATA, own_first=True), rounded)
tainted_first = WalkingRule(_STOLEN_FIRST)
tiho = WalkingRule(_STOLEN_FIRST, order=in_order)
LIBR: Mapping[Among, WalkingRule] = {Among.FIFO: libr, Among.PRO_RATA: libr_pro_rata}
