"""`recovery channels`: the ways across a border that are open for a payment, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.border import border_channels, state_groups
from recovery_flows.cli.options import AsJson, find, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell

if TYPE_CHECKING:
    from datetime import datetime

    from recovery_flows.cross_border.adviser import Question
    from recovery_flows.cross_border.channels import Channel, Help, StateGroup
    from recovery_flows.cross_border.file_questions import Refused

__all__ = ["attach", "border_channels", "channels", "state_groups"]
_LONGEST_HOURS = 100_000


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(channels)


def channels(
    ref: Annotated[str, typer.Argument(metavar="[REF]", help="Ask for this recovery.")] = "",
    *,
    from_state: Annotated[
        str, typer.Option("--from", metavar="STATE", help="State that asks, such as CN.")
    ] = "",
    to_state: Annotated[
        str, typer.Option("--to", metavar="STATE", help="State where the money is.")
    ] = "",
    rail: Annotated[str, typer.Option(help="How it was paid: swift, sepa, …, other.")] = "",
    amount: Annotated[str, typer.Option(metavar="SUM", help="Such as 52000.00.")] = "",
    currency: Annotated[str, typer.Option(metavar="CODE", help="Such as GBP.")] = "",
    hours: Annotated[
        int | None, typer.Option(metavar="N", help="Whole hours since the payment.")
    ] = None,
    want: Annotated[str, typer.Option(help="freeze, information, evidence or return.")] = "freeze",
    have: Annotated[
        list[str] | None, typer.Option(metavar="FIELD", help="A field that is there; repeat.")
    ] = None,
    channel: Annotated[
        str, typer.Option(metavar="CODE", help="Show one channel: fields, clocks, grounds.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Advise on channels across a border, each with its why."""
    from recovery_flows.cli.case import channels_text
    from recovery_flows.cli.composition import laws
    from recovery_flows.clock import wall_clock
    from recovery_flows.cross_border.adviser import advise

    groups = state_groups()
    known = border_channels(groups)
    if channel:
        shown = _channel(channel, known)
        if as_json:
            say_json(_mapping(shown))
        else:
            tell(channels_text.channel_lines(shown))
        return
    given = {"--from": from_state, "--to": to_state, "--amount": amount, "--currency": currency}
    wanted, held = _want(want), _fields(have or [], known)
    refused: tuple[Refused, ...] = ()
    if ref:
        rail = _rail(rail or "swift", known)
        questions, refused = _of_recovery(ref, given, hours, rail, wanted, known)
    else:
        questions = (_question(given, hours, _rail(rail, known), wanted, groups, wall_clock()),)
    questions = tuple(replace(q, have=q.have | held) for q in questions)
    answers = [(q, advise(q, known.values(), groups, laws())) for q in questions]
    if as_json:
        told = [{"question": q, "channels": found} for q, found in answers]
        say_json({"questions": told, "refused": refused})
    else:
        tell(line for q, found in answers for line in channels_text.advice_lines(q, found))
        tell(channels_text.refused_lines(ref, refused))


def _channel(code: str, known: dict[str, Channel]) -> Channel:
    from recovery_flows.errors import MisuseError

    if code not in known:
        raise MisuseError(f"--channel {code!r}: there are {', '.join(sorted(known))}")
    return known[code]


def _want(text: str) -> Help:
    from recovery_flows.cross_border.channels import Help
    from recovery_flows.errors import MisuseError

    if text not in set(Help):
        raise MisuseError(f"--want {text!r}: there are {', '.join(Help)}")
    return Help(text)


def _rail(text: str, known: dict[str, Channel]) -> str:
    from recovery_flows.errors import MisuseError

    rails = sorted({rail for channel in known.values() for rail in channel.rails})
    if text not in (*rails, "other"):
        raise MisuseError(f"--rail {text!r}: there are {', '.join(rails)}, other")
    return text


def _fields(given: list[str], known: dict[str, Channel]) -> frozenset[str]:
    """Names given with --have; one that no channel and no law asks for is a slip of the pen."""
    from recovery_flows.cli.composition import laws
    from recovery_flows.errors import MisuseError

    names = {f.name for channel in known.values() for f in channel.field}
    for law in laws().values():
        names |= {f for c in law.channels.values() for f in c.required_fields}
        names |= {rule.reference_field for rule in law.disclosures.values()}
    for name in given:
        if name not in names:
            near = ", ".join(sorted(n for n in names if n[:4] == name[:4])) or "see --channel CODE"
            raise MisuseError(f"--have {name!r}: no channel asks for it; {near}")
    return frozenset(given)


def _question(
    given: dict[str, str], hours: int | None, rail: str, wanted: Help,
    groups: dict[str, StateGroup], now: datetime,
) -> Question:  # fmt: skip
    from models.money import Money
    from recovery_flows.cross_border.adviser import Question
    from recovery_flows.errors import MisuseError

    for option, text in given.items():
        if not text:
            raise MisuseError(f"{option} is missing: give it, or the reference of a recovery")
    for option in ("--from", "--to"):
        if given[option] not in groups["iso_3166"].members:
            raise MisuseError(f"{option} {given[option]!r} is no code of ISO 3166-1 such as CN, GB")
    if hours is None or not 0 <= hours <= _LONGEST_HOURS:
        raise MisuseError(f"--hours {hours}: whole hours since the payment, 0 to {_LONGEST_HOURS}")
    try:
        money = Money.parse(given["--amount"], given["--currency"])
    except ValueError as error:
        raise MisuseError(f"--amount, --currency: {error}") from error
    if money.minor <= 0:
        raise MisuseError(f"--amount {given['--amount']!r}: give a sum above zero")
    return Question(
        from_state=given["--from"], to_state=given["--to"], rail=rail, amount=money,
        paid_at=now - timedelta(hours=hours), now=now, wanted=wanted,
    )  # fmt: skip


def _of_recovery(
    ref: str,
    given: dict[str, str],
    hours: int | None,
    rail: str,
    wanted: Help,
    known: dict[str, Channel],
) -> tuple[tuple[Question, ...], tuple[Refused, ...]]:
    """One question for each account abroad where money is traced, and what was refused."""
    from models.queries.cases.case_files import load_file
    from models.queries.cases.requests import filled_fields
    from models.queries.installation.clock import case_now
    from recovery_flows.clock import wall_clock
    from recovery_flows.cross_border.file_questions import questions_of, refused_requests
    from recovery_flows.errors import MisuseError, RefusedError

    told = [option for option, text in given.items() if text] + ["--hours"] * (hours is not None)
    if told:
        raise MisuseError(f"{', '.join(told)}: with a reference they are read from the case file")
    with opened() as installation:
        recovery_id = find(installation, ref)
        with installation.database.reading() as session:
            file = load_file(session, recovery_id)
            filled = filled_fields(session, installation.database.vault, file.requests)
            now = case_now(session, wall_clock())
    law = installation.laws[file.recovery.regime]
    found = questions_of(file, rail, wanted, now, filled, law)
    if not found:
        raise RefusedError(f"{ref}: no money is traced to an account abroad")
    return found, refused_requests(file, known)


def _mapping(channel: Channel) -> dict[str, object]:
    from recovery_flows.cli.output import plain

    body: dict[str, object] = plain(channel.model_dump())
    return body
