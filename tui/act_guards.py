"""Guards before an act: which question to ask first, and why a step is not possible."""

from __future__ import annotations

from collections.abc import Mapping

from models.case_file import Step
from models.deconfliction_hits import AlsoLine, Match
from models.entities.catalogue import IllegalTransitionError
from models.entities.officer import Role
from models.entities.recovery import CLOSED_RECOVERIES
from models.language.phrase import phrase
from models.queries.cases.views import DiscrepancyLine, RecoveryPage
from models.queries.installation.officers import OfficerView
from models.store.permissions import NotPermittedError
from models.store.waiting_rows import StaleFileError
from recovery_flows.cases.deconfliction import SENDING
from recovery_flows.cases.next_steps import ActionKind
from recovery_flows.wording import listed
from tui.screen_queries import READ_ERRORS
from tui.text import zoned_time

DESK_ERRORS = (*READ_ERRORS, IllegalTransitionError, NotPermittedError, StaleFileError)
# What cannot be taken back: it leaves the building, or it binds what comes after it.
ASKS_FIRST: Mapping[str, str] = {
    ActionKind.ORDER_STOP: (
        phrase("Sent to the bank immediately, or prepared as a letter; another person confirms it.")
    ),
    ActionKind.SUBMIT_FREEZE: phrase("Another person approves it before it leaves."),
    ActionKind.SUBMIT_REQUEST: phrase("Another person approves it before it leaves the country."),
    ActionKind.PUBLISH_NOTICE: phrase("This is made public; the notice cannot be called back."),
    ActionKind.JOIN: phrase("The two files become one for good."),
    ActionKind.CHECK_TITLE: phrase("I confirm that I have verified ownership of these funds."),
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
            return phrase(
                "{sentence}: a supervisor's turn, on the screen Approvals (3)",
                sentence=first.sentence,
            )
        if page.state in CLOSED_RECOVERIES:
            return first.sentence
        return phrase("nothing for an officer now: {sentence}", sentence=first.sentence)
    if read_only:
        return phrase("the screen is read-only: R ends that")
    if officer is None:
        return phrase("nobody acts: this user is bound to no officer (`recovery officer add`)")
    if Role.OFFICER not in officer.roles:
        return phrase(
            "this takes an officer; {handle} is {roles}",
            handle=officer.handle,
            roles=listed(officer.roles),
        )
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
    return ((phrase("recovery"), page.ref), (phrase("step"), step.sentence), *page.next_figures)


def discrepancy_figures(found: DiscrepancyLine, ref: str, zone: str) -> tuple[tuple[str, str], ...]:
    """What is resolved, in figures, for the question before it."""
    figures = [(phrase("recovery"), ref), (phrase("about"), found.subject)]
    figures += (
        [(phrase("bank"), found.bank), (phrase("account"), found.account)] if found.bank else []
    )
    figures += [(phrase("our records"), str(found.expected))] if found.expected else []
    figures += [(phrase("stated"), str(found.stated))] if found.stated else []
    return (*figures, (phrase("found"), zoned_time(found.found_at, zone)))


def why_no_decision(
    officer: OfficerView | None, *, read_only: bool, of_register: bool = False
) -> str:
    """Why this identity cannot decide an approval here; empty when it can.

    A change of the registers is for any second person to confirm.
    """
    if read_only:
        return phrase("the screen is read-only: R ends that")
    if officer is None:
        return phrase("nobody acts: this user is bound to no officer (`recovery officer add`)")
    if Role.SUPERVISOR not in officer.roles and not of_register:
        roles = listed(officer.roles)
        return phrase(
            "approvals take a supervisor; {handle} is {roles}: o changes who acts",
            handle=officer.handle,
            roles=roles,
        )
    return ""
