"""Opening the terminal on a case database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from models.engine import Database
from models.language.catalogue import Language
from recovery_flows.access.log_in import Identity
from recovery_flows.cases.views.saved_views import view_named
from recovery_flows.correspondence.letters.orders import NO_POST, Post
from recovery_flows.cross_border.channels import Channel, StateGroup
from recovery_flows.intake.budget import Limits
from recovery_flows.law.regime import Regime
from recovery_flows.reports.unattended import DEFAULT_PATIENCE, Patience
from tui.app import RecoveryApp
from tui.database_watch import LOOK_SECONDS
from tui.notices import Bell
from tui.screen_queries import Source
from tui.theme import DEFAULT_THEME

_MODES_BEFORE = {"clocks": "deadlines"}
"""Names of screens that `--screen` took before, for one release."""


def run(
    database: Database,
    laws: Mapping[str, Regime],
    officer: Identity | None,
    *,
    officers: tuple[Identity, ...],
    unit_name: str,
    start_at: str | None = None,
    story: Callable[[], str] | None = None,
    screen: str | None = None,
    time_zone: str = "UTC",
    post: Post = NO_POST,
    patience: Patience = DEFAULT_PATIENCE,
    theme: str = DEFAULT_THEME,
    refresh_seconds: float = LOOK_SECONDS,
    limits: Limits | None = None,
    channels: Mapping[str, Channel] | None = None,
    groups: Mapping[str, StateGroup] | None = None,
    folder: Path | None = None,
    view: str = "",
    hold_back_seconds: int = 0,
    lock_minutes: int = 0,
    keys: Mapping[str, str] | None = None,
    bell: Bell | None = None,
    language: Language = Language.ENGLISH,
) -> int:
    """Show the terminal until the user leaves; return the exit code.

    `start_at` names a recovery to open at once (LookupError if there is none), `screen` one of
    the keys of `RecoveryApp.MODES`; `story` marks synthetic data and says what the demo does;
    `refresh_seconds` lie between two looks at the database; `view` names a view in `folder`.
    """
    source = Source(
        database, laws, post, patience, limits or Limits(), channels or {}, groups or {}
    )
    recovery_id = source.recovery_id(start_at) if start_at else ""
    app = RecoveryApp(
        source,
        officer,
        officers=officers,
        unit_name=unit_name,
        time_zone=time_zone,
        story=story,
        start_screen=_MODES_BEFORE.get(screen or "", screen) or ("recovery" if start_at else "now"),
        recovery_id=recovery_id,
        theme=theme,
        refresh_seconds=refresh_seconds,
        folder=folder,
        view=view_named(folder, view) if view else None,
        hold_back_seconds=hold_back_seconds,
        lock_minutes=lock_minutes,
        keys=keys,
        bell=bell,
        language=language,
    )
    return app.run() or app.return_code or 0
