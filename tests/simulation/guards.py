"""The guards of the core, each with what stands in its place when it is switched off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.simulation.foreign.guards import FOREIGN_GUARDS
from tests.simulation.mutants import Always, Mutant, Wrap
from tests.simulation.scenes import FIRST, OF_REFUSALS


def _nothing(_: Any) -> Any:
    return lambda *given, **named: None  # noqa: ARG005


def _constant(value: object) -> Wrap:
    return lambda _: value


def _any_4xx_is_a_no(before: Any) -> Any:
    def meaning(status: int, name: str) -> Any:
        from recovery_flows.partners.rbp1.answers import Meaning

        return Meaning.STOP if 400 <= status < 500 and status != 429 else before(status, name)

    return meaning


def _each_revision_is_new(before: Any) -> Any:
    def take(changes: Any, hold_id: str, fact: Any, laws: Any, now: Any) -> None:
        known = changes.file.hold(hold_id).bank_revision
        before(changes, hold_id, replace(fact, revision=max(fact.revision, known + 1)), laws, now)

    return take


def _as_if_ours(before: Any) -> Any:
    def figure(hold: Any, fact: Any) -> Any:
        from models.money import Money

        return before(hold, replace(fact, held=Money(fact.held.minor, hold.currency)))

    return figure


def _as_ordered(before: Any) -> Any:
    def sums(hold: Any, fact: Any) -> Any:
        return before(hold, fact) | {"settled_minor": 0, "settled_currency": ""}

    return sums


def _never_final(_: Any) -> Any:
    def net(file: Any, claim: Any) -> int:
        del file
        minor: int = claim.upheld_minor
        return minor

    return net


def _as_reported(_: Any) -> Any:
    def upheld(claim: Any, booked_minor: int | None) -> int:
        del booked_minor
        minor: int = claim.reported_minor
        return minor

    return upheld


def _paid_for_ever(before: Any) -> Any:
    return lambda file, claim: claim.state == "paid" or before(file, claim)


def _once_checked(_: Any) -> Any:
    return lambda file, asset: bool(asset.title_checked_by)  # noqa: ARG005


def _before_it_is_kept(_: Any) -> Any:
    def surplus(file: Any, asset: Any) -> tuple[Any, ...]:
        from recovery_flows.freezing.freeze_plan import freeze_plan

        return tuple(stop for stop, amount in freeze_plan(file, asset) if not amount)

    return surplus


def _whose_lease_it_is_not(_: Any) -> Any:
    class All:
        def __contains__(self, _: object) -> bool:
            return True

    return lambda unit, lease: All()  # noqa: ARG005


def _as_it_was(_: Any) -> Any:
    return lambda unit, group: group  # noqa: ARG005


GUARDS = (
    # 1. What a bank says is booked as it says it
    Mutant("a bank's other sum is nobody's", "1", "another sum than ordered is owned",
           "recovery_flows.ledger.bank_contradictions", "compare", _nothing),
    Mutant("a contradiction is nobody's", "1", "another outcome than recorded is owned",
           "recovery_flows.ledger.bank_contradictions", "contradicts", _nothing),
    Mutant("news on what is closed is nobody's", "1", "news to a closed recovery is owned",
           "recovery_flows.correspondence.bank_disagreements", "news_on_closed", _nothing),
    Mutant("a hold beyond its term is nobody's", "1", "a hold beyond the law's term is owned",
           "recovery_flows.correspondence.bank_disagreements", "compare_end", _nothing),
    Mutant("another currency is taken for ours", "1", "a figure has the currency it was stated in",
           "recovery_flows.freezing.answers", "figure", _as_if_ours, is_pure=True),
    Mutant("a payout is booked as it was ordered", "1", "what was paid is booked, not the order",
           "recovery_flows.restitution.payout_answers", "_sums", _as_ordered, is_pure=True),
    Mutant("after a payout no hold is asked for", "1", "a bank's figure is asked, not computed",
           "recovery_flows.correspondence.answers", "_ask_for_hold", _nothing),
    Mutant("any 4xx is a no to an order", "1", "only a problem of the profile is a no",
           "recovery_flows.partners.rbp1.answers", "meaning_of", _any_4xx_is_a_no, is_pure=True),
    Mutant("what another bank or type names is taken", "1", "a resource is of its partner and type",
           "recovery_flows.engine.event_feed", "_is_his", Always(value=True)),
    Mutant("an answer told twice is taken twice", "1", "a revision is taken once",
           "recovery_flows.correspondence.answers", "apply_hold_fact", _each_revision_is_new),
    Mutant("a clock ends a hold before its feed is read", "1", "the feed is read to past the end",
           "recovery_flows.freezing.lapse", "end_is_known", Always(value=True),
           behind="a sweep reads what feeds are due before it decides"),
    Mutant("what reopens is not opened", "1", "money held or owed again opens its recovery",
           "recovery_flows.correspondence.bank_disagreements", "reopen", _nothing),
    Mutant("a discrepancy holds up no return", "1", "nothing is paid where somebody has to look",
           "recovery_flows.ledger.discrepancies", "open_on", Always(value=False), first=FIRST),
    # 2. Money goes where the decision said, or nowhere
    Mutant("what is paid still counts as lost", "2", "a loss is less what is paid or on its way",
           "recovery_flows.restitution.guards", "net_loss_minor", _never_final, is_pure=True),
    Mutant("a claim that was paid stays paid", "2", "paid is derived from settled payouts",
           "recovery_flows.restitution.stage", "is_paid", _paid_for_ever, is_pure=True),
    Mutant("what victims are owed is let go", "2", "no release while a loss can be paid of it",
           "recovery_flows.ledger.releasable", "is_owed_here", Always(value=False),
           behind="an officer is led to the return first, and a release waits for what is open"),
    Mutant("a stop goes before its freeze is there", "2", "what keeps the rest is in force first",
           "recovery_flows.restitution.guards", "surplus_stops", _before_it_is_kept, is_pure=True,
           first=FIRST),
    Mutant("a claim is upheld as it is reported", "2", "upheld at most at what a bank booked",
           "recovery_flows.ledger.claim_limits", "upheld_minor", _as_reported, is_pure=True),
    Mutant("a payment of another sum is none", "2", "a report is matched to what was booked",
           "recovery_flows.tracing.inputs", "_may_be_payment_of", Always(value=False)),
    Mutant("a changed figure keeps its yes", "2", "a yes is for exactly these figures",
           "recovery_flows.correspondence.call_validity", "is_in_force", Always(value=True)),
    Mutant("a decision outlives what it rests on", "2", "a change of the basis ends a decision",
           "recovery_flows.restitution.payouts", "changed", Always("")),
    Mutant("what holds a return up is asked once", "2", "the guard is asked at sending again",
           "recovery_flows.correspondence.call_validity", "waits", Always(""), first=FIRST),
    Mutant("approvals of what has changed stay", "2", "what can be decided no more is void",
           "recovery_flows.approvals.upkeep", "has_ended", Always(value=False), first=FIRST),
    Mutant("a title check is for ever", "2", "new money or victims end a title check",
           "recovery_flows.restitution.basis", "ownership_stands", _once_checked, is_pure=True,
           first=FIRST),
    Mutant("a recovery with money on its way is joined", "2", "no join while a bank is paying",
           "recovery_flows.restitution.payouts", "is_on_its_way", Always(value=False), first=FIRST),
    Mutant("a refused payout is drafted again", "2", "nothing is ordered on the same facts",
           "recovery_flows.restitution.refused_payouts", "_same_facts", Always(())),
    Mutant("coins of a conversion are not kept back", "2", "a refused conversion asks for less",
           "recovery_flows.ledger.pools", "coins_less", Always(0), first=OF_REFUSALS),
    Mutant("what may have left is recalled", "2", "recalled only after the bank's own no",
           "recovery_flows.ledger.outstanding_losses", "may_have_left", Always(value=False),
           first=FIRST),
    Mutant("a trace below what was paid is adopted", "2", "a contradicting trace is a person's",
           "recovery_flows.tracing.contradictions", "refuse", Always(value=False), first=FIRST),
    Mutant("a hold reserves nothing", "2", "a hold reserves its own money in the trace",
           "recovery_flows.tracing.inputs", "held_over_time", Always(()), first=FIRST),
    Mutant("a freeze takes over what is given up", "2", "what is released is not frozen",
           "recovery_flows.freezing.denied_stops", "is_given_up", Always(value=False),
           first=OF_REFUSALS),
    Mutant("a denied order is sent once more", "2", "an order leaves again only under its yes",
           "recovery_flows.engine.outbox.preparation", "_ASKED_ANEW", _constant(())),
    Mutant("a court's row above its claim is nobody's", "2", "what a court gives above is owned",
           "recovery_flows.restitution.court.unpaid", "_own_above_claim", _nothing, seeds=400),
    Mutant("a court's list that came to nothing is nobody's", "2", "each row is paid or owned",
           "recovery_flows.restitution.court.unpaid", "own_unpaid", _nothing, seeds=400),
    Mutant("a court's row to nobody known is paid to others", "2", "such a row is kept",
           "recovery_flows.ledger.pools", "unknown_minor", Always(0), first=FIRST),
    Mutant("what was clawed back is not owed again", "2", "a victim is owed what came back",
           "recovery_flows.restitution.clawback.orders", "clawed_minor", Always(0), seeds=400),
    Mutant("who releases is told of no closed recovery", "2", "a release asks for a word on it",
           "recovery_flows.cases.deconfliction_check", "check_release", Always(()), seeds=20,
           first=71_001_440),
    Mutant("money that left before a stop is not followed", "2", "who finds nothing is asked where",
           "recovery_flows.tracing.trace_requests", "follow_what_left", _nothing, seeds=60,
           first=97_000_800),
    # 3. One bad file or bank stops nobody else; no dead ends
    Mutant("a lapsed hold is not stopped again", "3", "a lapse is followed up",
           "recovery_flows.freezing.lapse", "draft_again", _nothing),
    Mutant("a lapse is told to nobody", "3", "a lapse is its owner's step",
           "recovery_flows.freezing.lapse", "unseen", Always([])),
    Mutant("a refused hold is told to nobody", "3", "a refusal is its officer's step",
           "recovery_flows.freezing.refusals", "unseen", Always([])),
    Mutant("a denied stop that is kept is nobody's", "3", "a refused release has a next step",
           "recovery_flows.freezing.denied_stops", "steps", Always(())),
    Mutant("unrelated funds that are kept are nobody's", "3", "a refused release has a next step",
           "recovery_flows.freezing.unrelated_funds", "steps", Always(()), first=OF_REFUSALS),
    Mutant("a refused statement is nobody's", "3", "who refuses a statement is asked again",
           "recovery_flows.cases.dead_ends", "_is_silent", Always(value=False)),
    Mutant("a claim of a joined recovery stays unverified", "3", "it is verified by an officer",
           "recovery_flows.cases.dead_ends", "steps", Always(())),
    Mutant("a stop without a successor has no date", "3", "what only runs out says when",
           "recovery_flows.cases.next_steps", "_ends", Always(())),
    Mutant("an answer moves no further than its recovery", "3", "an answer follows a join",
           "recovery_flows.engine.outbox.portion", "as_joined", _as_it_was,
           is_pure=True, first=FIRST),
    Mutant("who lost a lease settles too", "3", "two engines settle an answer once",
           "recovery_flows.engine.outbox.portion", "leased_by", _whose_lease_it_is_not,
           first=FIRST),
    # 4. What is asked of others, told to others and claimed by others
    *FOREIGN_GUARDS,
)  # fmt: skip
