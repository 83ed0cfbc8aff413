"""What the first page of the queue has no use for: loaded when it is used, or while nobody waits.

To import all that the screens are made of takes longer than to show the queue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from textual.screen import Screen

from models.language.phrase import Phrase, phrase

REST = (
    "recovery_flows.access.disclosures",
    "recovery_flows.access.password_log_in",
    "recovery_flows.cases.case_officer",
    "recovery_flows.cases.pages.incoming",
    "recovery_flows.cases.views.all_deadlines",
    "recovery_flows.cases.views.channel_advice",
    "recovery_flows.cases.views.page",
    "recovery_flows.cases.views.pending_approvals",
    "recovery_flows.cases.views.report_preview",
    "recovery_flows.cases.views.request_board",
    "recovery_flows.cases.views.request_view",
    "recovery_flows.cases.views.restitution_page",
    "recovery_flows.correspondence.abroad.actions",
    "recovery_flows.correspondence.incoming.reading",
    "recovery_flows.correspondence.letters.actions",
    "recovery_flows.multi_agency.actions",
    "recovery_flows.partners.page",
    "recovery_flows.reports.statistics",
    "recovery_flows.tracing.page",
    "tui.act_guards",
    "tui.screens.abroad.board",
    "tui.screens.abroad.request",
    "tui.screens.approvals",
    "tui.screens.audit.trail",
    "tui.screens.deadlines",
    "tui.screens.looks.export",
    "tui.screens.marked",
    "tui.screens.multi_agency",
    "tui.screens.next_step",
    "tui.screens.partners",
    "tui.screens.recovery",
    "tui.screens.report",
    "tui.screens.restitution",
    "tui.screens.summary",
    "tui.screens.trace",
    "tui.widgets.approvals",
)
"""Whatever the terminal imports where it is used, and not before."""


def load_rest(is_wanted: Callable[[], bool]) -> None:
    """Import all of it, for as long as it is wanted."""
    for name in REST:
        if not is_wanted():
            return
        import_module(name)


def not_loaded(error: BaseException) -> Phrase | None:
    """Which part of the program is missing or damaged; None where an error says something else."""
    if isinstance(error, SyntaxError):
        part: str | None = error.filename
    elif isinstance(error, ImportError):
        part = error.name
    else:
        return None
    return phrase(
        "a part of the program cannot be loaded ({part}): install it anew; what was committed is "
        "safe",
        part=part or type(error).__name__,
    )


@dataclass(frozen=True, slots=True)
class Later:
    """A main screen whose module is imported when it is first opened."""

    module: str
    name: str

    def kind(self) -> type[Screen[Any]]:
        """The screen's class."""
        return cast("type[Screen[Any]]", getattr(import_module(self.module), self.name))

    def __call__(self) -> Screen[Any]:
        """A new screen."""
        return self.kind()()
