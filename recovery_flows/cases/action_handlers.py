"""Carries out an officer's next step: one function for each action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from models.case_file import CaseFile, Place, Step
from models.entities.hold import HoldState
from models.entities.officer import Role
from models.ids import canonical
from models.language.phrase import phrase
from models.queries.books.money import covered_by_files
from models.queries.cases.requests import opened_fields
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault
from models.store.unit import Actor, Unit
from recovery_flows import errors
from recovery_flows.access.restrictions import refuse_unseen
from recovery_flows.cases import dead_ends, lifecycle
from recovery_flows.cases.next_steps import ActionKind
from recovery_flows.correspondence.free_text import Decided, passed_texts, refuse_unkept
from recovery_flows.correspondence.letters.next_steps import LetterAction
from recovery_flows.cross_border import request_edits
from recovery_flows.freezing import (
    amendments,
    denied_stops,
    lapse,
    refusals,
    submissions,
)
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.multi_agency import lifecycle as multi_agency_lifecycle
from recovery_flows.restitution import decisions as return_decisions
from recovery_flows.tracing import trace_requests


@dataclass(frozen=True, slots=True)
class ActionContext:
    """What an act may need besides the file."""

    actor: str
    now: datetime
    laws: Regimes
    fields: Mapping[str, str]
    decided: Decided
    case_number: str
    places: Mapping[str, Place]
    unit: Unit

    @property
    def vault(self) -> Vault:
        """Opens what is sealed."""
        return self.unit.vault

    @property
    def session(self) -> Session:
        """The transaction of the act."""
        return self.unit.session

    def passed_texts(self, file: CaseFile, request_id: str) -> Mapping[str, str]:
        """The fields of a request as they may leave."""
        return passed_texts(
            self.unit, Actor(self.actor, Role.OFFICER), self.now, file, request_id, self.fields,
            self.decided, self.laws[file.recovery.regime],
        )  # fmt: skip

    def seal(self, fields: object, place: SealedPlace) -> str:
        """Seal a request's fields."""
        return self.vault.seal(canonical(fields).decode(), place)


def do(changes: Changeset, step: Step, given: ActionContext) -> str:
    """Carry out an officer's step on a file; return what was done, in words."""
    _refuse_by_hand(step, changes.file.recovery.ref)
    return _DO[ActionKind(step.action)](changes, step, given)


def _refuse_by_hand(step: Step, ref: str) -> None:
    """What is done with paper, or takes a reason, takes more than a key."""
    command = _BY_HAND.get(step.action)
    if command:
        words = f"recovery {command.format(ref=ref)} {step.subject_id}"
        raise errors.StepRefusedError(
            phrase("{sentence}: `{words}`", sentence=step.sentence, words=words)
        )


_BY_HAND: Mapping[str, str] = {
    LetterAction.PRINT: "letter print",
    LetterAction.SEND: "letter sent",
    LetterAction.ANSWER: "letter answer",
    ActionKind.RESOLVE_DISCREPANCY: "discrepancy resolve {ref}",
    ActionKind.FOLLOW_RETURN: "voluntary remind {ref}",
    ActionKind.FOLLOW_UNCLAIMED: "unclaimed transfer {ref}",
    ActionKind.FOLLOW_CLAWBACK: "clawback remind {ref}",
    ActionKind.TELL_VICTIM: "victim sent {ref}",
    ActionKind.FOLLOW_THIRD_PARTY: "third-party decide {ref}",
    ActionKind.FOLLOW_COURT_LIST: "court-list identify {ref}",
    ActionKind.SEND_RECALL: "recall sent {ref}",
    ActionKind.FOLLOW_RECALL: "recall chase {ref}",
    ActionKind.SEND_REQUEST: "xborder sent {ref}",
    ActionKind.DISPATCH_REQUEST: "xborder dispatch {ref}",
    ActionKind.FOLLOW_REQUEST: "xborder show {ref}",
}


def _accept(changes: Changeset, step: Step, given: ActionContext) -> str:
    del step
    lifecycle.accept(changes, given.actor, given.case_number, given.laws, given.places)
    if covered_by_files(given.session, {a.account_id for a in changes.file.assets}):
        trace_requests.request_trace(changes)
    return phrase("accepted under case number {case_number}", case_number=given.case_number)


def _order_stop(changes: Changeset, step: Step, given: ActionContext) -> str:
    submissions.order_stop(changes, step.subject_id, given.actor, given.now, given.laws)
    if changes.file.hold(step.subject_id).state is HoldState.PENDING_APPROVAL:
        return phrase("stop-payment submitted for approval")
    if changes.file.asset(step.asset_id).partner_id in changes.file.by_letter:
        return phrase("stop-payment ordered: print its letter now; another person confirms it")
    return phrase("stop-payment sent; another person must confirm it")


def _submit_freeze(changes: Changeset, step: Step, given: ActionContext) -> str:
    submissions.submit_freeze(changes, step.subject_id, given.actor, given.now)
    return phrase("freeze submitted for approval")


def _complete_request(changes: Changeset, step: Step, given: ActionContext) -> str:
    if not given.fields:
        request = request_edits.request_of(changes.file, step.subject_id)
        names = request_edits.lacking(request)
        lacks = (
            phrase("the request lacks {names}", names=names)
            if names
            else phrase("the partner asks for more on the request")
        )
        rules = request_edits.rules_wanting(request, given.laws[changes.file.recovery.regime])
        raise errors.StepRefusedError(
            phrase("{lacks}: give it with --field NAME=TEXT{rules}", lacks=lacks, rules=rules)
        )
    asked = request_edits.request_of(changes.file, step.subject_id)
    request_edits.refuse_unfit(changes.file, asked, given.fields, given.laws)
    kept = opened_fields(given.session, given.vault, step.subject_id)
    fields = {**kept, **given.passed_texts(changes.file, step.subject_id)}
    done = request_edits.complete_request(changes, step.subject_id, fields, given.laws, given.seal)
    request = request_edits.request_of(changes.file, done)
    left = request.missing.replace(",", ", ")
    return (
        phrase("request amended; still missing: {left}", left=left)
        if left
        else phrase("request complete")
    )


def _submit_request(changes: Changeset, step: Step, given: ActionContext) -> str:
    kept = opened_fields(given.session, given.vault, step.subject_id)
    is_decided = given.fields and (given.decided.struck or given.decided.kept)
    if is_decided or not given.fields.items() <= kept.items():
        return _complete_request(changes, step, given)
    law = given.laws[changes.file.recovery.regime]
    refuse_unkept(given.session, given.vault, changes.file, kept, law)
    request_edits.submit_request(changes, step.subject_id, given.actor, given.now, given.laws)
    return phrase("cross-border request submitted for approval")


def _split(changes: Changeset, step: Step, given: ActionContext) -> str:
    account_id = changes.file.asset(step.subject_id).account_id
    others = {other for account, other, _ in changes.file.shared_with if account == account_id}
    refuse_unseen(given.session, others)
    lifecycle.split(changes, step.subject_id)
    return phrase("the account stays in both files, each with what it traced")


def _check_title(changes: Changeset, step: Step, given: ActionContext) -> str:
    return_decisions.establish_ownership(changes, step.subject_id, given.actor)
    return phrase("title to the held money checked")


def _publish_notice(changes: Changeset, step: Step, given: ActionContext) -> str:
    return_decisions.publish_notice(changes, step.subject_id, given.now, given.laws)
    return phrase("restitution notice published")


def _submit_return(changes: Changeset, step: Step, given: ActionContext) -> str:
    return_decisions.submit_allocation(changes, step.subject_id, given.actor, given.now, given.laws)
    return phrase("return decision submitted for approval")


def _submit_release(changes: Changeset, step: Step, given: ActionContext) -> str:
    return_decisions.submit_release(changes, step.subject_id, given.actor, given.now)
    return phrase("release submitted for approval")


def _submit_renewal(changes: Changeset, step: Step, given: ActionContext) -> str:
    amendments.submit_renewal(changes, step.subject_id, given.actor, given.now)
    return phrase("renewal submitted for approval")


def _acknowledge_lapse(changes: Changeset, step: Step, given: ActionContext) -> str:
    lapse.acknowledge_lapse(changes, step.subject_id, given.actor)
    return phrase("the lapse is noted; nothing is held there any more")


def _renew_preservation(changes: Changeset, step: Step, given: ActionContext) -> str:
    multi_agency_lifecycle.renew(changes, step.subject_id, given.now)
    return phrase("the partner is asked to preserve it for another term")


def _acknowledge_expiry(changes: Changeset, step: Step, given: ActionContext) -> str:
    del given
    multi_agency_lifecycle.acknowledge_expiry(changes, step.subject_id)
    return phrase("noted; nothing is preserved there any more")


def _release_again(changes: Changeset, step: Step, given: ActionContext) -> str:
    del given
    denied_stops.release_again(changes, step.subject_id)
    return phrase("release of the denied stop ordered again")


def _verify_claim(changes: Changeset, step: Step, given: ActionContext) -> str:
    lifecycle.verify_claim(changes, step.subject_id, given.laws, given.places)
    trace_requests.request_trace(changes)
    return phrase("claim verified")


def _ask_statement(changes: Changeset, step: Step, given: ActionContext) -> str:
    dead_ends.ask_again(changes, step.subject_id, step.asset_id, given.now)
    return phrase("the bank is asked again for the statement")


def _give_up_account(changes: Changeset, step: Step, given: ActionContext) -> str:
    del given
    dead_ends.give_up(changes, step.subject_id)
    return phrase("account given up: no payment into it was found")


def _acknowledge_refusal(changes: Changeset, step: Step, given: ActionContext) -> str:
    refusals.see(changes, step.subject_id, given.actor)
    return phrase("the refusal is noted; `recovery hold resubmit` orders it anew")


def _submit_close(changes: Changeset, step: Step, given: ActionContext) -> str:
    del step
    lifecycle.submit_close(changes, given.actor, given.now)
    return phrase("closing submitted for approval")


_DO: dict[ActionKind, Callable[[Changeset, Step, ActionContext], str]] = {
    ActionKind.ACCEPT: _accept,
    ActionKind.ORDER_STOP: _order_stop,
    ActionKind.SUBMIT_FREEZE: _submit_freeze,
    ActionKind.COMPLETE_REQUEST: _complete_request,
    ActionKind.SUBMIT_REQUEST: _submit_request,
    ActionKind.SPLIT: _split,
    ActionKind.CHECK_TITLE: _check_title,
    ActionKind.PUBLISH_NOTICE: _publish_notice,
    ActionKind.SUBMIT_RETURN: _submit_return,
    ActionKind.SUBMIT_RELEASE: _submit_release,
    ActionKind.SUBMIT_RENEWAL: _submit_renewal,
    ActionKind.SEE_LAPSE: _acknowledge_lapse,
    ActionKind.RENEW_PRESERVATION: _renew_preservation,
    ActionKind.SEE_EXPIRY: _acknowledge_expiry,
    ActionKind.SEE_REFUSAL: _acknowledge_refusal,
    ActionKind.RELEASE_AGAIN: _release_again,
    ActionKind.VERIFY_CLAIM: _verify_claim,
    ActionKind.ASK_STATEMENT: _ask_statement,
    ActionKind.GIVE_UP_ACCOUNT: _give_up_account,
    ActionKind.SUBMIT_CLOSE: _submit_close,
}
