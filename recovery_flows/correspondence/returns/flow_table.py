"""The fund-flow table of a recovery, with its picture: each claim's money, payment by payment."""

from __future__ import annotations

from collections.abc import Sequence

from models.entities.claim import ClaimRow
from models.money import Money
from recovery_flows.correspondence.returns.compose import Facts, claim_number, composed
from recovery_flows.correspondence.returns.flow_graph import flow_graph, resting_minor
from recovery_flows.correspondence.returns.flow_picture import end_of, flow_picture
from recovery_flows.correspondence.returns.page import Document, Section, Table
from recovery_flows.correspondence.returns.wording import Wording
from recovery_flows.tracing.views import HopView


def flow(facts: Facts, hops: dict[str, tuple[HopView, ...]], words: Wording) -> Document:
    """The way of each claim's money, payment by payment, by the rule in force."""
    rule = words.named("tracing", facts.file.recovery.tracing_rule)
    graph = flow_graph(hop for way in hops.values() for hop in way)
    picture = flow_picture(graph, facts.file.recovery.currency, words)
    sections = [Section(words("flow.title"), (words("flow.intro", rule=rule),), None, picture)]
    sections += [_way(facts, claim, hops.get(claim.id, ()), words) for claim in facts.file.claims]
    return composed(facts, "flow", facts.file.recovery.id, words, [], sections)


def _way(facts: Facts, claim: ClaimRow, hops: Sequence[HopView], words: Wording) -> Section:
    heading = words(
        "flow.claim", claim=claim_number(claim.id), loss=facts.money(claim.upheld_minor)
    )
    if not hops:
        return Section(heading, (words("flow.nothing"),))
    rests = resting_minor(hops)
    head = ("step", "time", "from", "to", "amount", "ends")
    rows = tuple(
        (
            str(hop.depth + 1),
            facts.day(hop.at),
            words.named("end", hop.payer),
            words.named("end", hop.payee),
            str(Money(hop.amount_minor, hop.amount_currency)),
            end_of(hop, facts.money(rest), words),
        )
        for hop, rest in zip(hops, rests, strict=True)
    )
    return Section(heading, (), Table(tuple(words(f"flow.{key}") for key in head), rows, (0, 4)))
