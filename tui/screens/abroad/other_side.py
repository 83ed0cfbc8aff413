"""What the other side of a request says or does, entered by keys: by its channel's closed lists."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from models.ids import digest_bytes
from models.language.phrase import phrase
from models.money import Money
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.views.request_view import RequestView
from recovery_flows.cross_border import actions
from recovery_flows.cross_border.answers import Answer
from recovery_flows.cross_border.channels import ChannelGround, Option
from recovery_flows.cross_border.doable import RequestAct
from recovery_flows.cross_border.versions import options_of
from recovery_flows.errors import MisuseError
from recovery_flows.wording import spoken
from tui.screens.abroad.act_fields import (
    PAPER,
    Fields,
    Typed,
    ask_lines,
    channel_of,
    example,
    instant_of,
    paper_of,
    sum_of,
)
from tui.screens.abroad.forms import PickAnswer, PickOne

if TYPE_CHECKING:
    from tui.context import Terminal

_SAYS_REACHED = ("executed", "partially_executed")


def answer(app: Terminal, view: RequestView) -> None:
    """Ask what the other side says, by which ground, then for its paper."""
    channel = channel_of(view)

    def chosen(one: tuple[str, ChannelGround | None] | None) -> None:
        if one is not None:
            _ask_answer(app, view, *one)

    app.push_screen(PickAnswer(view.file.recovery.ref, channel), chosen)


def _ask_answer(app: Terminal, view: RequestView, says: str, ground: ChannelGround | None) -> None:
    row, zone = view.row, view.zone
    fields: Fields = (PAPER,)
    if says in _SAYS_REACHED:
        of = Money(row.requested_minor, row.currency)
        fields += (
            (phrase("amount"), phrase("what was reached of {of}", of=of)),
            (
                phrase("until"),
                phrase(
                    "when the freeze ends, {example}; empty: by the channel", example=example(zone)
                ),
            ),
        )
    if says == "postponed":
        fields += (
            (
                phrase("review"),
                phrase("when it is looked at again, {example}", example=example(zone)),
            ),
        )
    code = ground.code if ground else ""

    def do(acting: CaseOfficer, typed: Typed) -> str:
        raw = paper_of(typed, phrase("document"))
        given = Answer(
            says=says,
            document=digest_bytes(raw),
            ground=code,
            amount=sum_of(typed.get("amount", ""), row.currency),
            until=instant_of(typed, phrase("until"), zone),
            review_at=instant_of(typed, phrase("review"), zone),
        )
        return actions.answer(acting, view.recovery_id, row.id, given, raw, app.source.channels)

    sentence = phrase(
        "{says}{ground}", says=spoken(says), ground=f", {code}: {ground.text}" if ground else ""
    )
    option = ["--ground", code] if code else []
    ask_lines(app, view, RequestAct.ANSWER, sentence, fields, do, "--says", says, *option)


def choose(app: Terminal, view: RequestView) -> None:
    """Ask which of the ways that the ground leaves is taken, and why."""
    left = options_of(view.file, view.row, channel_of(view))

    def chosen(option: str | None) -> None:
        if option is not None:
            _ask_choice(app, view, option)

    title = phrase("{ref}: which way on?", ref=view.file.recovery.ref)
    sentence = phrase(
        "{ground} leaves these and no other.", ground=view.row.reason or phrase("No ground")
    )
    app.push_screen(PickOne(title, sentence, [(str(o), spoken(o)) for o in left]), chosen)


def _ask_choice(app: Terminal, view: RequestView, option: str) -> None:
    fields: Fields = ((phrase("reason"), phrase("why this way; stored encrypted")),)
    if option == Option.WAIT:
        fields += (
            (
                phrase("review"),
                phrase("when it is looked at again, {example}", example=example(view.zone)),
            ),
        )

    def do(acting: CaseOfficer, typed: Typed) -> str:
        at = instant_of(typed, phrase("review"), view.zone)
        return actions.choose(
            acting, view.recovery_id, view.row.id, option, typed.get("reason", ""),
            app.source.channels, at,
        )  # fmt: skip

    ask_lines(app, view, RequestAct.CHOOSE, spoken(option), fields, do, option)


def receipt(app: Terminal, view: RequestView) -> None:
    """Ask which receipt came, when it was made, and for its paper."""
    rules = channel_of(view).receipts
    kinds = [(one, spoken(one)) for one in rules.order] if rules else []

    def chosen(kind: str | None) -> None:
        if kind is not None:
            fields: Fields = (
                (phrase("at"), phrase("when it was made, {example}", example=example(view.zone))),
                PAPER,
            )
            ask_lines(app, view, RequestAct.RECEIPT, spoken(kind), fields, partial(do, kind), kind)

    def do(kind: str, acting: CaseOfficer, typed: Typed) -> str:
        at = instant_of(typed, phrase("at"), view.zone)
        if at is None:
            raise MisuseError(phrase("at: {example}", example=example(view.zone)))
        raw = paper_of(typed, phrase("document"))
        return actions.receipt(
            acting, view.recovery_id, view.row.id, kind, at, raw, app.source.channels
        )

    told = phrase("The strongest counts; a weaker one, or one that is late, is kept.")
    app.push_screen(
        PickOne(phrase("{ref}: which receipt?", ref=view.file.recovery.ref), told, kinds), chosen
    )


def extend(app: Terminal, view: RequestView) -> None:
    """Ask until when the other side freezes now, and for its paper."""
    fields: Fields = (
        (
            phrase("until"),
            phrase("the new end of the freeze, {example}", example=example(view.zone)),
        ),
        PAPER,
    )

    def do(acting: CaseOfficer, typed: Typed) -> str:
        until = instant_of(typed, phrase("until"), view.zone)
        if until is None:
            raise MisuseError(phrase("until: {example}", example=example(view.zone)))
        raw = paper_of(typed, phrase("document"))
        return actions.extend(acting, view.recovery_id, view.row.id, until, raw)

    ask_lines(
        app, view, RequestAct.EXTEND, phrase("The other side freezes for longer."), fields, do
    )
