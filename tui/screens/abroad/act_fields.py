"""What an act on a request asks for in lines, and what was typed as values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from models.language.phrase import phrase
from models.money import Money
from recovery_flows.caller import expanded, read_paper
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.pages.request_page import act_name
from recovery_flows.cases.views.request_view import RequestView
from recovery_flows.cross_border.channels import Channel
from recovery_flows.cross_border.doable import RequestAct
from recovery_flows.errors import MisuseError
from tui.act_log import command
from tui.screens.letters import PaperForm

if TYPE_CHECKING:
    from tui.context import Terminal

Typed = dict[str, str]
Fields = tuple[tuple[str, str], ...]
PAPER = (phrase("document"), phrase("the file with its paper; kept encrypted"))
HOW = (phrase("how"), phrase("how, and to whom; stored encrypted"))
BY_HAND = (
    phrase("how"),
    phrase("empty: the engine sends it; done by hand already: how, and to whom"),
)
_SEALED = ("how", "reason", "words")


def ask_lines(
    app: Terminal, view: RequestView, act: RequestAct, sentence: str, fields: Fields,
    deed: Callable[[CaseOfficer, Typed], str], *given: str, can_be_empty: bool = False,
    then: Callable[[], object] | None = None,
) -> None:  # fmt: skip
    """Ask for these lines; what was typed stays a draft until the act was carried out."""
    ref, name = view.file.recovery.ref, view.row.id
    key = f"abroad:{act}:{name}:"

    def answered(typed: Typed | None) -> None:
        if typed is not None:
            told = command("xborder", str(act), ref, name, *given, *_options(typed))
            do = lambda acting: deed(acting, typed)  # noqa: E731
            app.perform(do, key, then, command=told, holds_back=True)

    title = phrase(
        "{ref}: {act}, {who}",
        ref=ref,
        act=act_name(act),
        who=view.row.authority or view.row.partner_id,
    )
    form = PaperForm(title, sentence, fields, key, app.drafts, can_be_empty=can_be_empty)
    app.push_screen(form, answered)


def _options(typed: Typed) -> list[str]:
    """The same options for the command; what is stored encrypted stands as TEXT."""
    return [
        one
        for name, text in typed.items()
        for one in (f"--{name}", "TEXT" if name in _SEALED else text)
    ]


def channel_of(view: RequestView) -> Channel:
    """The channel of a request; MisuseError where the data has it no more."""
    if view.channel is None:
        raise MisuseError(
            phrase("there is no channel {channel!r} any more", channel=view.row.channel)
        )
    return view.channel


def paper_of(typed: Typed, name: str) -> bytes:
    """The file that was named; MisuseError where none was, or it cannot be read."""
    text = typed.get(name, "")
    if not text:
        raise MisuseError(phrase("{name}: name the file with it", name=name))
    return read_paper(expanded(text), name)


def sum_of(text: str, currency: str) -> Money | None:
    """A sum as it is typed; None for an empty line, MisuseError for what is none."""
    if not text:
        return None
    try:
        return Money.parse(text, currency)
    except ValueError as error:
        raise MisuseError(
            phrase(
                "amount {text!r} is no sum in {currency}: {error}",
                text=text,
                currency=currency,
                error=error,
            )
        ) from error


def example(zone: str) -> str:
    """How an instant is typed."""
    return phrase("such as 2026-03-02T10:15 ({zone})", zone=zone)


def instant_of(typed: Typed, name: str, zone: str) -> datetime | None:
    """An instant as it is typed; without an offset it is of the zone of the page."""
    text = typed.get(name, "")
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise MisuseError(
            phrase(
                "{name} {text!r} is no date and time, {example}",
                name=name,
                text=text,
                example=example(zone),
            )
        ) from error
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
