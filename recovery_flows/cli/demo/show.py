"""The terminal over a running demo, which plays in a child process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from models.language.phrase import phrase
from recovery_flows.caller import entered_officer
from recovery_flows.cli.composition import Installation, open_installation

_LOG = "demo.log"
_END_SECONDS = 20.0


def show_demo(folder: Path, pace_seconds: float) -> int:
    """Start the story in a child process and open the terminal on it at once."""
    from recovery_flows.cli.sandbox_process import await_end

    command = [
        sys.executable, "-m", "recovery_flows.cli.main", "demo", "--driver", "--dir", str(folder),
        "--pace", str(pace_seconds),
    ]  # fmt: skip
    log = folder / _LOG
    with log.open("ab") as out:
        child = subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.PIPE, stdout=out, stderr=out
        )
    installation = open_installation(folder)
    try:
        code = open_terminal(installation, "", "", "", story_of(log, child))
    finally:
        ended = child.poll() is not None
        child.terminate()
        await_end(child, _END_SECONDS)
    from recovery_flows.cli.demo.figures import tell_ending

    tell_ending(installation, ended=ended)
    return code


def story_of(log: Path, child: subprocess.Popen[bytes]) -> Callable[[], str]:
    """The last line of the story; after a failure, its reason."""

    def last_line() -> str:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 2000))
            lines = [line for line in file.read().decode(errors="replace").splitlines() if line]
        told = lines[-1].strip() if lines else "the banks and Prefect's server are coming up"
        # One that failed says why in its last line.
        return "Demo finished: look around, q quits" if child.poll() == 0 else told

    return last_line


def open_terminal(
    installation: Installation,
    acting_as: str,
    case: str,
    screen: str,
    story: Callable[[], str] | None = None,
    view: str = "",
) -> int:
    """Open the screens on an installation; in a demo folder its identities can be switched."""
    from recovery_flows.cli.case.channels import border_channels, state_groups
    from recovery_flows.cli.case.letter import post_of
    from tui.notices import Bell, quiet_span
    from tui.opening import run

    look, groups = installation.settings.screen, state_groups()
    if installation.is_demo:
        acting_as, story = acting_as or _who_shows(), story or _told_world(installation)
    return run(
        installation.database,
        installation.laws,
        installation.officer(acting_as),
        officers=installation.identities(),
        unit_name=look.unit_name or "recovery",
        start_at=case or None,
        story=story,
        screen=screen or None,
        time_zone=installation.time_zone,
        post=post_of(installation),
        patience=installation.patience(),
        theme=look.theme,
        refresh_seconds=look.refresh_milliseconds / 1000,
        limits=installation.limits(),
        channels=border_channels(groups),
        groups=groups,
        folder=installation.data_dir,
        view=view or look.view,
        hold_back_seconds=0 if installation.is_demo else look.hold_back_seconds,
        lock_minutes=0 if installation.is_demo else look.lock_minutes,
        keys=look.keys,
        bell=Bell(rings=look.bell, quiet=quiet_span(look.quiet_hours)),
        language=look.language,
    )


def _who_shows() -> str:
    """Whose screens a demo opens: the supervisor's, unless somebody has logged in."""
    from recovery_flows.cli.demo.folder import SUPERVISOR

    return "" if entered_officer() else SUPERVISOR


def _told_world(installation: Installation) -> Callable[[], str] | None:
    """What a demo that nobody plays says of itself."""
    from recovery_flows.cli.demo.folder import PLAN, read_plan

    if not (installation.data_dir / PLAN).exists():
        return None
    told = phrase("demo world: {world}", world=read_plan(installation.data_dir).world)
    return lambda: told


def screen_text(
    installation: Installation, acting_as: str, case: str, screen: str, view: str
) -> Iterator[str]:
    """One screen as text, one fact a line; opens no terminal."""
    from models.language.shown import in_language
    from recovery_flows.cases.pages.renderings import plain_lines
    from recovery_flows.cases.views.saved_views import SavedView, view_named
    from tui.screen_queries import Source
    from tui.whole_pages import whole_page

    source = Source(installation.database, installation.laws, patience=installation.patience())
    page = whole_page(
        source,
        screen,
        view=view_named(installation.data_dir, view) if view else SavedView(),
        recovery_id=source.recovery_id(case) if case else "",
        officer=installation.officer(acting_as),
        zone=installation.time_zone,
    )
    with in_language(installation.settings.screen.language):
        yield from list(plain_lines(page))
