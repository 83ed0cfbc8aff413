"""What a screen shows, whole and as a page: for `--plain` and for the key `x`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice

from models.language.phrase import phrase
from models.queries.installation.clock import case_now
from models.queries.installation.officers import OfficerView
from recovery_flows.caller import create_named, expanded
from recovery_flows.cases.pages import lists, recovery, request_board, restitution, statistics
from recovery_flows.cases.pages.renderings import FORMATS
from recovery_flows.cases.pages.value import Page, cell
from recovery_flows.cases.trail.reading import look_of, whole_trail
from recovery_flows.cases.trail.written import written
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.cases.views.saved_views import SavedView
from recovery_flows.clock import wall_clock
from recovery_flows.errors import MisuseError, unwritable
from recovery_flows.wording import counted
from tui.context import OF_ONE
from tui.panels.trace import page_of as page_of_trace
from tui.screen_queries import Source

SCREENS = (
    "now", "recovery", "approvals", "summary", "partners", "deadlines", "restitution", "trace",
    "requests", "audit",
)  # fmt: skip
_LINES_MOST = 100_000
_FREE_TEXTS = frozenset({"notes", "objections"})


def whole_page(
    source: Source,
    screen: str,
    *,
    view: SavedView,
    recovery_id: str,
    officer: OfficerView | None,
    zone: str,
    text: str = "",
) -> Page:
    """The page of one of `SCREENS`; the queue through `view`, others of `recovery_id`.

    `text` is the filter of the audit trail.
    """
    if screen not in SCREENS:
        raise MisuseError(
            phrase(
                "there is no screen {screen!r} as text; there are {screens}",
                screen=screen,
                screens=", ".join(SCREENS),
            )
        )
    if screen in OF_ONE and not recovery_id:
        raise MisuseError(
            phrase(
                "the screen {screen!r} is of one recovery: name it with --recovery", screen=screen
            )
        )
    look = QueueQuery()
    pages: Mapping[str, Callable[[], Page]] = {
        "now": lambda: _queue(source, view, zone),
        "recovery": lambda: recovery.written(source.page(recovery_id, officer), source.laws, zone),
        "approvals": lambda: lists.approval_list(
            source.approvals(look, _LINES_MOST, officer), zone
        ),
        "summary": lambda: statistics.written(source.summary(), zone),
        "partners": lambda: lists.partner_list(source.partners(), zone),
        "deadlines": lambda: lists.deadline_list(source.deadlines(), source.laws, zone),
        "restitution": lambda: restitution.written(
            source.restitution(recovery_id, look, _LINES_MOST), zone
        ),
        "requests": lambda: request_board.written(
            source.board(look, _LINES_MOST, officer), zone, own=officer.id if officer else ""
        ),
        "trace": lambda: page_of_trace(source.trace(recovery_id, 0, 0)),
        "audit": lambda: _trail(source, text, officer, zone),
    }
    return pages[screen]()


def _queue(source: Source, view: SavedView, zone: str) -> Page:
    if (count := source.queue(view.query, 0).total) > _LINES_MOST:
        raise MisuseError(
            phrase(
                "these are {count:,} recoveries: a filter must leave 100,000 at most", count=count
            )
        )
    page, lines = source.whole_queue(view.query)
    return lists.queue_list(page, lines, zone, text=view.filter, with_closed=view.closed)


def _trail(source: Source, text: str, officer: OfficerView | None, zone: str) -> Page:
    """The newest events; where there are more than a file should hold, it says so."""
    with source.database.reading() as session:
        look = look_of(session, text, case_now(session, wall_clock()), zone)
        lines = list(islice(whole_trail(session, look, officer), _LINES_MOST + 1))
    told = cell(
        phrase("the newest {count:,} events; until: asks for older ones", count=_LINES_MOST)
        if len(lines) > _LINES_MOST
        else counted(len(lines), "event")
    )
    return written(lines[:_LINES_MOST], zone, told, is_filtered=bool(text))


def export(page: Page, path: str, note: Callable[[dict[str, bytes]], None] | None = None) -> str:
    """Write a page into a new file that only its owner reads; one sentence of what was done.

    What people wrote in their own words lies encrypted in the database and stays there. `note`
    records the file before it is written.
    """
    kept = tuple(section for section in page.sections if section.key not in _FREE_TEXTS)
    page = replace(page, sections=kept)
    file = expanded(path)
    write = FORMATS.get(file.suffix.lower())
    if write is None:
        raise MisuseError(
            phrase(
                "{name} must end in {formats}: nothing was written",
                name=file.name,
                formats=", ".join(FORMATS),
            )
        )
    text = write(page).encode()
    if note is not None:
        note({file.name: text})
    try:
        with create_named(file) as made:
            made.write(text)
    except FileExistsError:
        raise MisuseError(
            phrase("{file} is there already: nothing was written", file=file)
        ) from None
    except OSError as error:
        raise unwritable(file, error) from error
    return phrase("written to {file}, masked, without notes and objections", file=file)
