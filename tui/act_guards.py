"""Guards before an act: which question to ask first, and why a step is not possible."""

from __future__ import annotations

from collections.abc import Mapping

from models.case_file import Step
from models.deconfliction_hits import AlsoLine, Match
from models.entities.catalogue import IllegalTransitionError
from models.entities.officer import Role
from models.entities.register_change import RegisterAct
from models.queries.cases.views import ApprovalLine, RecoveryPage
from models.queries.installation.officers import OfficerView
from models.store.permissions import NotPermittedError
from models.store.waiting_rows import StaleFileError
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases.deconfliction import SENDING
from recovery_flows.cases.next_steps import ActionKind
from tui.screen_queries import READ_ERRORS

DESK_ERRORS = (*READ_ERRORS, IllegalTransitionError, NotPermittedError, StaleFileError)
# What cannot be taken back: it leaves the building, or it binds what comes after it.
ASKS_FIRST: Mapping[str, str] = {
    ActionKind.ORDER_STOP: (
        "Sent to the bank immediately, or prepared as a letter; another person confirms it."
    ),
    ActionKind.SUBMIT_FREEZE: "Another person approves it before it leaves.",
    ActionKind.SUBMIT_REQUEST: "Another person approves it before it leaves the country.",
    ActionKind.PUBLISH_NOTICE: "This is made public; the notice cannot be called back.",
    ActionKind.JOIN: "The two files become one for good.",
    ActionKind.CHECK_TITLE: "I confirm that I have verified ownership of these funds.",
}
APPROVE_ASKS: Mapping[str, str] = {
    ApprovalKind.ORDER_STOP: (
        "The stop-payment is with the bank, or a letter is on its way. You confirm it."
    ),
    ApprovalKind.FREEZE: "The order goes to the bank under your name.",
    ApprovalKind.RELEASE: "The bank lets the money go: it can be gone the same minute.",
    ApprovalKind.REQUEST: "The request leaves the country under your name.",
    ApprovalKind.RETURN: "The bank pays this out. It cannot be called back.",
    ApprovalKind.CLOSE: "The recovery is closed.",
    ApprovalKind.REFUSE_REPORT: "Nobody works on this report; the victim is told and may object.",
    ApprovalKind.RENEW: "The bank is told to hold the money for another term.",
    ApprovalKind.RELEASE_PART: "The bank lets this part go: it can be gone the same minute.",
    ApprovalKind.COMPLAINT: (
        "A yes lets this much go: it can be gone the same minute. A no needs a reason."
    ),
    ApprovalKind.MULTI_AGENCY_REQUEST: (
        "The partners have these tasks already. You confirm them; a no takes them back."
    ),
    ApprovalKind.LETTER_ANSWER: (
        "What was typed counts as the bank's word. Hold it to the document first."
    ),
    ApprovalKind.PAYEE: "The victim's money goes to this account from now on. Is it the victim's?",
    RegisterAct.APPOINT_OFFICER: "Whoever has this identity can act in every recovery.",
    RegisterAct.DISMISS_OFFICER: "This identity can act no more. What it did stays.",
    RegisterAct.REGISTER_PARTNER: "Orders and personal data go to this address.",
    RegisterAct.CHANGE_PARTNER: "Orders and personal data go to this address from now on.",
    ApprovalKind.TRACE_RULE: (
        "The money is traced again by this rule; returns drafted by the old one end."
    ),
}


def officer_step(page: RecoveryPage) -> Step | None:
    """The step that the desk would do now: the officer's first open one."""
    return next((s for s in page.steps if s.role is Role.OFFICER), None)


def own_approval(page: RecoveryPage, officer: OfficerView | None) -> Step | None:
    """The approval that is this supervisor's next step, where no officer's step is."""
    if officer is None or Role.SUPERVISOR not in officer.roles:
        return None
    if Role.OFFICER in officer.roles and officer_step(page) is not None:
        return None
    return next((s for s in page.steps if s.action == ActionKind.APPROVE), None)


def why_not(page: RecoveryPage, officer: OfficerView | None, *, read_only: bool) -> str:
    """Why the next step cannot be done here by this identity; empty when it can."""
    step = officer_step(page)
    if step is None:
        first = page.steps[0]
        if first.role is Role.SUPERVISOR:
            return f"{first.sentence}: a supervisor's turn, on the screen Approvals (3)"
        return f"nothing for an officer now: {first.sentence}"
    if read_only:
        return "the screen is read-only: R ends that"
    if officer is None:
        return "nobody acts: this user is bound to no officer (`recovery officer add`)"
    if Role.OFFICER not in officer.roles:
        return f"this takes an officer; {officer.handle} is {', '.join(sorted(officer.roles))}"
    return ""


def step_also(page: RecoveryPage, step: Step) -> tuple[AlsoLine, ...]:
    """What other recoveries know of the account that a step sends something about."""
    asset = next((a for a in page.assets if a.asset_id == step.asset_id), None)
    if asset is None or step.action not in SENDING:
        return ()
    first = asset.depth == 0
    return tuple(
        one
        for one in page.also
        if one.account_id == asset.account_id or (first and one.what is Match.PAYMENT)
    )


def step_figures(page: RecoveryPage, step: Step) -> tuple[tuple[str, str], ...]:
    """What the officer's next step is about, for the preview: what it asks for binds just that."""
    return (("recovery", page.ref), ("step", step.sentence), *page.next_figures)


def approval_figures(line: ApprovalLine) -> tuple[tuple[str, str], ...]:
    """The exact figures that a yes binds, and to which digest."""
    return (
        ("recovery", line.ref),
        *line.figures,
        ("digest", line.digest[:16]),
    )


def why_no_decision(
    officer: OfficerView | None, *, read_only: bool, of_register: bool = False
) -> str:
    """Why this identity cannot decide an approval here; empty when it can.

    A change of the registers is for any second person to confirm.
    """
    if read_only:
        return "the screen is read-only: R ends that"
    if officer is None:
        return "nobody acts: this user is bound to no officer (`recovery officer add`)"
    if Role.SUPERVISOR not in officer.roles and not of_register:
        roles = ", ".join(sorted(officer.roles))
        return f"approvals take a supervisor; {officer.handle} is {roles}: o changes who acts"
    return ""
