"""`recovery xborder`, once a request is approved: sent, answered, assured, reminded, withdrawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Ref, act, find, instant, opened
from recovery_flows.cli.papers import paper
from recovery_flows.cli.table import tell_what

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from recovery_flows.cases.case_officer import CaseOfficer
    from recovery_flows.cross_border.channels import Channel

RequestId = Annotated[str, typer.Argument(metavar="REQUEST", help="See `recovery xborder show`.")]
How = Annotated[str, typer.Option(help="How, and to whom; stored encrypted.")]
HowByHand = Annotated[str, typer.Option("--how", help="By hand: how, to whom; encrypted.")]
Paper = Annotated[Path, typer.Option("--document", metavar="FILE", help="The paper that says it.")]
Review = Annotated[str, typer.Option("--review", help="When it is looked at again.")]


def attach(group: typer.Typer) -> None:
    """Add the commands of this module to their group."""
    for command in (
        dispatch,
        sent,
        answer,
        choose,
        assure,
        remind,
        told,
        extend,
        withdraw,
        receipt,
    ):
        group.command()(command)


def _channels() -> dict[str, Channel]:
    from recovery_flows.cli.case.channels import border_channels, state_groups

    return border_channels(state_groups())


def _say(
    ref: str,
    acting_as: str,
    as_json: bool,  # noqa: FBT001 - handed on as it came from the command line
    deed: Callable[..., str],
    request: str,
    text: str,
) -> None:
    """Do what takes the unit's own name besides: it writes to the other side."""
    with opened() as installation:
        done = deed(
            installation.case_officer(acting_as), find(installation, ref), request, text,
            installation.sender(), _channels(),
        )  # fmt: skip
    tell_what(done, as_json=as_json)


def _instant(text: str, option: str) -> datetime | None:
    return instant(text, option) if text else None


def sent(
    ref: Ref,
    request: RequestId,
    *,
    how: How,
    proof: Annotated[Path, typer.Option(metavar="FILE", help="What proves that it went.")],
    translation: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the State reads another language.")
    ] = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record that the approved letter went out. Its clock starts."""
    from recovery_flows.correspondence.abroad import actions

    proved, translated = paper(proof, "--proof"), paper(translation) if translation else b""
    with opened() as installation:
        done = actions.sent(
            installation.case_officer(acting_as), find(installation, ref), request, how, proved,
            translated, installation.sender(), _channels(),
        )  # fmt: skip
    tell_what(done, as_json=as_json)


def dispatch(
    ref: Ref,
    request: RequestId,
    *,
    translation: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the State reads another language.")
    ] = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Let the engine send the approved letter.

    For a body with a connection (`recovery partner list`). A third person does it, and stands on
    the request as its sender; its clock starts when the body has it.
    """
    from recovery_flows.correspondence.abroad import actions

    translated = paper(translation) if translation else b""
    with opened() as installation:
        done = actions.dispatch(
            installation.case_officer(acting_as), find(installation, ref), request, translated,
            installation.sender(), _channels(),
        )  # fmt: skip
    tell_what(done, as_json=as_json)


def answer(
    ref: Ref,
    request: RequestId,
    *,
    says: Annotated[
        str,
        typer.Option(
            help="acknowledged, recognised, needs_info, postponed, conditional, refused, "
            "executed or partially_executed."
        ),
    ],
    document: Paper,
    ground: Annotated[str, typer.Option(metavar="CODE", help="Of the channel's list.")] = "",
    amount: Annotated[str, typer.Option(metavar="SUM", help="What was reached.")] = "",
    until: Annotated[str, typer.Option(help="End of the freeze abroad.")] = "",
    review: Review = "",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record what the other side says, with its paper."""
    from models.ids import digest_bytes
    from models.money import Money
    from recovery_flows.cross_border import actions
    from recovery_flows.cross_border.answers import Answer
    from recovery_flows.errors import MisuseError

    raw = paper(document, "--document")

    def do(acting: CaseOfficer, recovery_id: str) -> str:
        reached = None
        if amount:
            currency = actions.currency_of(acting, recovery_id, request)
            try:
                reached = Money.parse(amount, currency)
            except ValueError as error:
                raise MisuseError(
                    f"--amount {amount!r} is no sum in {currency}: {error}"
                ) from error
        given = Answer(
            says=says, document=digest_bytes(raw), ground=ground, amount=reached,
            until=_instant(until, "--until"), review_at=_instant(review, "--review"),
        )  # fmt: skip
        return actions.answer(acting, recovery_id, request, given, raw, _channels())

    act(ref, acting_as, as_json, do)


def choose(
    ref: Ref,
    request: RequestId,
    option: Annotated[str, typer.Argument(metavar="OPTION", help="As `answer` named it.")],
    *,
    reason: How,
    review: Review = "",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Take one of the ways that a ground leaves."""
    from recovery_flows.cross_border import actions

    at = _instant(review, "--review")
    act(ref, acting_as, as_json, actions.choose, request, option, reason, _channels(), at)


def assure(
    ref: Ref,
    request: RequestId,
    *,
    words: Annotated[str, typer.Option(help="The assurance, word by word; stored encrypted.")],
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Ask another person to give an assurance that is wanted."""
    from recovery_flows.correspondence.abroad import message_actions

    _say(ref, acting_as, as_json, message_actions.assure, request, words)


def remind(
    ref: Ref, request: RequestId, *, how: HowByHand = "", acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Ask the other side where a request stands.

    A body with a connection is asked by the engine; with --how you have asked by hand.
    """
    from recovery_flows.correspondence.abroad import message_actions

    _say(ref, acting_as, as_json, message_actions.remind, request, how)


def told(
    ref: Ref, request: RequestId, *, how: HowByHand = "", acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Tell the other side what it has to know.

    To a body with a connection the engine sends the notice that `preview --notice` shows; with
    --how you have told it by hand.
    """
    from recovery_flows.correspondence.abroad import message_actions

    _say(ref, acting_as, as_json, message_actions.notify, request, how)


def extend(
    ref: Ref,
    request: RequestId,
    *,
    until: Annotated[str, typer.Option(help="The new end of the freeze abroad.")],
    document: Paper,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record that the other side freezes for longer."""
    from recovery_flows.cross_border import actions

    raw, at = paper(document, "--document"), instant(until, "--until")
    act(ref, acting_as, as_json, actions.extend, request, at, raw)


def withdraw(
    ref: Ref, request: RequestId, *, reason: How, acting_as: ActingAs = "", as_json: AsJson = False
) -> None:
    """Take a request back, and a freeze by it.

    A body with a connection is told by the same act.
    """
    from recovery_flows.correspondence.abroad import message_actions

    _say(ref, acting_as, as_json, message_actions.withdraw, request, reason)


def receipt(
    ref: Ref,
    request: RequestId,
    kind: Annotated[str, typer.Argument(metavar="RECEIPT", help="Such as delivery.")],
    *,
    at: Annotated[str, typer.Option(help="When it was made.")],
    document: Paper,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record a delivery receipt; the strongest counts."""
    from recovery_flows.cross_border import actions

    raw, when = paper(document, "--document"), instant(at, "--at")
    act(ref, acting_as, as_json, actions.receipt, request, kind, when, raw, _channels())
