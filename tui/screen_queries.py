"""Everything the screens read, each by one query, to be called from worker threads only.

What the first page of the queue needs is imported here, the rest where it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from models.engine import Database, DatabaseMissingError, StoreBusyError, what_failed
from models.language.phrase import Phrase, phrase
from models.queries.cases.case_files import FileUnreadableError, load_file, recovery_id_of
from models.queries.cases.history import events_of
from models.queries.cases.queue_views import QueueLine, QueuePage
from models.queries.installation.clock import case_now
from models.queries.installation.officers import OfficerView, officer_with_hash
from models.queries.looks.ending import Ending, ending_soon
from models.safe_text import safe
from models.sealing.vault import VaultError
from recovery_flows.caller import entered_officer
from recovery_flows.cases.views.changes import ChangesPage, Eyes, changes_page
from recovery_flows.cases.views.queue import QueueQuery, counts, queue, whole_queue
from recovery_flows.cases.views.saved_views import SavedView
from recovery_flows.clock import wall_clock
from recovery_flows.correspondence.letters.orders import NO_POST, Post
from recovery_flows.errors import RecoveryFlowsError
from recovery_flows.intake.budget import Limits
from recovery_flows.law.regime import Regime
from recovery_flows.reports.unattended import DEFAULT_PATIENCE, Patience

if TYPE_CHECKING:
    from models.queries.abroad.board import BoardPage
    from models.queries.cases.deadline_views import DeadlinesView
    from models.queries.cases.views import EventLine, RecoveryPage
    from recovery_flows.cases.pages.value import Page
    from recovery_flows.cases.views.channel_advice import ChannelAdvice
    from recovery_flows.cases.views.pending_approvals import ApprovalsPage
    from recovery_flows.cases.views.report_preview import Checked
    from recovery_flows.cases.views.request_view import RequestView
    from recovery_flows.cases.views.restitution_views import RestitutionPage
    from recovery_flows.correspondence.abroad.letter import LetterFacts
    from recovery_flows.correspondence.documents.text import Line
    from recovery_flows.cross_border.channels import Channel, StateGroup
    from recovery_flows.multi_agency.actions import Prospect
    from recovery_flows.partners.page import PartnerPage
    from recovery_flows.reports.statistics import Summary
    from recovery_flows.tracing.views import HopView
    from tui.trace_view import TraceView

READ_ERRORS = (
    SQLAlchemyError, StoreBusyError, VaultError, DatabaseMissingError, LookupError, OSError,
    RecoveryFlowsError, FileUnreadableError,
)  # fmt: skip
DEADLINES_LIMIT = 500
"""Recoveries whose deadlines are read at once, complete up to the next recovery's."""


@dataclass(frozen=True, slots=True)
class Source:
    """The case database as the screens read it, under the laws of the unit."""

    database: Database
    laws: Mapping[str, Regime]
    post: Post = NO_POST
    patience: Patience = DEFAULT_PATIENCE
    limits: Limits = field(default_factory=Limits)
    """What a file may cost that a person enters here."""
    channels: Mapping[str, Channel] = field(default_factory=dict)
    """The ways across a border, by code."""
    groups: Mapping[str, StateGroup] = field(default_factory=dict)
    """States that an instrument binds, by its name."""
    eyes: Eyes = field(default_factory=Eyes)
    """Who looks now, and what is new to him."""

    def status(self) -> QueuePage:
        """Case time, the engine's sign of life and the counts, without any line."""
        with self.database.reading() as session:
            return counts(session, wall_clock(), self.patience)

    def ending(self) -> tuple[Ending, ...]:
        """What ends within the hour, of who looks and of nobody."""
        with self.database.reading() as session:
            now = case_now(session, wall_clock())
            return ending_soon(session, now, self.eyes.onlooker.officer_id)

    def queue(self, query: QueueQuery, limit: int) -> QueuePage:
        """Open recoveries, the most urgent first; those that nobody owns or moves are marked."""
        with self.database.reading() as session:
            look = self.eyes.looking(session, query)
            return queue(session, wall_clock(), self.patience, limit, look, self.database.vault)

    def whole_queue(self, query: QueueQuery) -> tuple[QueuePage, tuple[QueueLine, ...]]:
        """The counts of the queue, and every line of it that is looked at."""
        with self.database.reading() as session:
            wall, vault = wall_clock(), self.database.vault
            query = self.eyes.looking(session, query)
            page = queue(session, wall, self.patience, 0, query, vault)
            return page, tuple(whole_queue(session, wall, self.patience, query, vault))

    def changes(self, asked: str) -> ChangesPage:
        """What others and the engine changed since the last `look`, or `today`."""
        with self.database.reading() as session:
            return changes_page(session, self.eyes.onlooker, wall_clock(), asked)

    def passing(self, query: QueueQuery, most: int) -> tuple[str, ...]:
        """The first ids of those that pass a filter."""
        page = self.queue(replace(query, only_found=True, offset=0, at_id=""), most)
        return tuple(line.recovery_id for line in page.lines)

    def counted(self, views: Mapping[str, SavedView]) -> dict[str, tuple[SavedView, int]]:
        """Views with how many recoveries each shows."""
        looks = {name: replace(view.query, only_found=True) for name, view in views.items()}
        return {name: (views[name], self.queue(look, 1).found) for name, look in looks.items()}

    def page(self, recovery_id: str, viewer: OfficerView | None = None) -> RecoveryPage:
        """All of one recovery, as `viewer` may see it."""
        from recovery_flows.cases.views.page import recovery_page

        return recovery_page(
            self.database, self.laws, recovery_id, wall_clock(), viewer, self.patience
        )

    def preview_report(
        self, text: str, case_number: str, received_at: datetime | None, viewer: OfficerView | None
    ) -> Checked:
        """A pasted report, checked, with the message that would leave."""
        from recovery_flows.cases.views.report_preview import check_report

        with self.database.reading() as session:
            return check_report(
                session, self.database.vault, self.laws, viewer, text, wall_clock(),
                received_at=received_at, case_number=case_number,
            )  # fmt: skip

    def trace(self, recovery_id: str, first_rule: int, victim: int) -> TraceView:
        """Every rule on one recovery, and the way of one victim's money under that in force."""
        from recovery_flows.tracing.page import hops_of, trace_page
        from tui.trace_view import TraceView

        with self.database.reading() as session:
            now = case_now(session, wall_clock())
            vault = self.database.vault
            page = trace_page(session, recovery_id, now, self.laws, vault)
            hops: tuple[HopView, ...] = ()
            if page.claims:
                claim = page.claims[victim % len(page.claims)].claim_id
                hops = hops_of(session, recovery_id, page.rule, claim, page.as_of)
        zone = self.laws[law].time_zone if (law := _regime(self, recovery_id)) else "UTC"
        return TraceView(page, first_rule, victim, hops, zone)

    def restitution(
        self, recovery_id: str, query: QueueQuery, limit: int, allocation_id: str = ""
    ) -> RestitutionPage:
        """A page of the claims of a recovery, its rounds, rules and objections."""
        from recovery_flows.cases.views.restitution_page import restitution_page

        return restitution_page(
            self.database, self.laws, recovery_id, wall_clock(), query, limit, allocation_id
        )

    def explained(self, recovery_id: str, claim_id: str, of: str = "") -> tuple[str, ...]:
        """The arithmetic of one victim's share, no other claim in it."""
        from recovery_flows.cases.views.restitution_page import explanation

        return explanation(self.database, recovery_id, claim_id, of)

    def deadlines(self) -> DeadlinesView:
        """Every running deadline of the most pressing recoveries."""
        from recovery_flows.cases.views.all_deadlines import deadlines_view

        return deadlines_view(self.database, self.laws, wall_clock(), DEADLINES_LIMIT)

    def incoming(self, ref: str) -> Page:
        """A request from abroad on its page."""
        from recovery_flows.cases.pages.incoming import written as incoming_page
        from recovery_flows.correspondence.incoming.reading import incoming_view

        with self.database.reading() as session:
            now = case_now(session, wall_clock())
            view = incoming_view(session, self.database.vault, ref, now)
        return incoming_page(view, self.channels, self.laws[view.row.law].time_zone)

    def board(self, look: QueueQuery, limit: int, viewer: OfficerView | None = None) -> BoardPage:
        """A page of the requests across borders of all recoveries, what needs `viewer` first."""
        from recovery_flows.cases.views.request_board import request_board

        with self.database.reading() as session:
            return request_board(session, wall_clock(), look, limit, viewer)

    def request(
        self, recovery_id: str, request_id: str, viewer: OfficerView | None = None
    ) -> RequestView:
        """One request abroad, masked."""
        from recovery_flows.cases.views.request_view import request_view

        return request_view(
            self.database, self.laws, self.channels, recovery_id, request_id, self.post.sender,
            wall_clock(), viewer,
        )  # fmt: skip

    def letter_facts(
        self, recovery_id: str, request_id: str, *, dated_now: bool = False
    ) -> LetterFacts:
        """What the letter of a request abroad, or the notice about it, is made from, in clear."""
        from recovery_flows.correspondence.abroad.actions import facts_of

        return facts_of(
            self.database, self.laws, recovery_id, request_id, self.post.sender, wall_clock(),
            self.channels, dated_now=dated_now,
        )  # fmt: skip

    def advice(self, recovery_id: str) -> ChannelAdvice:
        """The channels that are open for a recovery, each with its reasons."""
        from recovery_flows.cases.views.channel_advice import channel_advice

        return channel_advice(
            self.database, self.laws, self.channels, self.groups, recovery_id, wall_clock()
        )

    def prospect(self, recovery_id: str) -> Prospect:
        """What a multi-agency request of a recovery could be made of."""
        from recovery_flows.multi_agency.actions import read_prospect

        return read_prospect(self.database, recovery_id)

    def letter(self, call_id: str) -> tuple[Line, ...]:
        """A letter as it would be printed now, personal data masked."""
        from recovery_flows.correspondence.letters.actions import preview

        return preview(self.database, self.laws, self.post, call_id, wall_clock())

    def approvals(
        self, query: QueueQuery, limit: int, viewer: OfficerView | None = None
    ) -> ApprovalsPage:
        """A page of what waits for a second person, the most urgent first."""
        from recovery_flows.cases.views.pending_approvals import approvals_page

        return approvals_page(self.database, self.laws, wall_clock(), query, limit, viewer)

    def lock_of(self, handle: str) -> Callable[[str], str] | None:
        """What says why a secret is not this officer's, "" where it is; None where he has none."""
        from models.store.people import secret_fits
        from recovery_flows.access.password_log_in import unlock

        if handle and handle == entered_officer():
            return lambda typed: unlock(self.database, handle, typed, wall_clock())
        with self.database.reading() as session:
            found = officer_with_hash(session, handle)
        stored = found[1] if found else ""
        if not stored:
            return None
        return lambda typed: "" if secret_fits(typed, stored) else phrase("that is not it")

    def summary(self) -> Summary:
        """The figures of the whole unit."""
        from recovery_flows.reports.statistics import summary

        with self.database.reading() as session:
            return summary(session, wall_clock())

    def partners(self) -> tuple[PartnerPage, ...]:
        """The register of partners, measured."""
        from recovery_flows.partners.page import partner_pages

        with self.database.reading() as session:
            return partner_pages(session, self.database.vault, self.laws, wall_clock())

    def all_events(self, recovery_id: str) -> list[EventLine]:
        """Every event of a recovery, the newest first."""
        with self.database.reading() as session:
            return events_of(session, recovery_id)

    def recovery_id(self, named: str) -> str:
        """The id behind a reference; a LookupError says it is not there."""
        with self.database.reading() as session:
            return recovery_id_of(session, named)


def _regime(source: Source, recovery_id: str) -> str:
    with source.database.reading() as session:
        return load_file(session, recovery_id).recovery.regime


def sentence_of(error: Exception) -> str:
    """An error in words; a database's own error is named without the statement and its values."""
    if away := what_failed(error):
        return safe(away)
    if isinstance(error, SQLAlchemyError):
        name = type(error.orig if isinstance(error, DBAPIError) else error).__name__
        return phrase("the case database did not answer ({name})", name=name)
    said = error.args[0] if error.args else type(error).__name__
    return said if isinstance(said, Phrase) else safe(said)
