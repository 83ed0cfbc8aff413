"""`recovery stop`: a pasted report accepted, its stop-payment sent."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.caller import read_named
from recovery_flows.cli.options import ActingAs, AsJson, Knowing, Now, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import columns, instant_text, tell

if TYPE_CHECKING:
    from models.queries.installation.officers import OfficerView
    from recovery_flows.cases.report_and_stop import Stopped
    from recovery_flows.cases.views.report_preview import Checked
    from recovery_flows.cli.composition import Installation

_REFUSED_EXIT_CODE, _MISUSE_EXIT_CODE = 3, 2
_BYTES_MAX = 200_000


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(stop)


def stop(
    file: Annotated[str, typer.Argument(help="A report as text; `-` reads standard input.")],
    *,
    case: Annotated[str, typer.Option(help="Case number; default: the text's own.")] = "",
    knowing: Knowing = False,
    another_payment: Annotated[
        bool, typer.Option("--another-payment", help="Not the payment reported already.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check it and show the message; send nothing.")
    ] = False,
    now: Now = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Accept a report and send its stop-payment. A supervisor confirms it."""
    text = _text(file)
    with opened() as installation:
        officer = installation.officer(acting_as)
        checked = _checked(installation, officer, text, case)
        if dry_run:
            _tell_checked(checked, as_json=as_json)
            if checked.why_not or checked.already or checked.message is None:
                raise typer.Exit(_code(checked))
            return
        if as_json and checked.pasted.problems:
            say_json(_as_mapping(checked))
            raise typer.Exit(_MISUSE_EXIT_CODE)
        _check(checked)
        done = _send(installation, checked, acting_as, knowing, another_payment)
        _tell_sent(installation, checked, done, now=now, as_json=as_json)


def _text(file: str) -> str:
    from recovery_flows.errors import MisuseError
    from recovery_flows.intake.refusals import FileRefusedError

    path = Path(file)
    try:
        if file == "-":
            return sys.stdin.read(_BYTES_MAX)  # what is longer is refused as no one report
        return read_named(path, _BYTES_MAX).decode("utf-8-sig")
    except UnicodeDecodeError:
        if file == "-":
            raise MisuseError("standard input is not a text in UTF-8") from None
        raise FileRefusedError(path, "is not a text in UTF-8") from None
    except OSError as error:
        raise FileRefusedError(path, f"cannot be read: {error.strerror}") from None


def _checked(
    installation: Installation, officer: OfficerView | None, text: str, case: str
) -> Checked:
    from recovery_flows.cases.views.report_preview import check_report
    from recovery_flows.clock import wall_clock

    database = installation.database
    with database.reading() as session:
        return check_report(
            session, database.vault, installation.laws, officer, text, wall_clock(),
            case_number=case,
        )  # fmt: skip


def _check(checked: Checked) -> None:
    """Raise what is wrong with the text, every field in it, or with doing it a second time."""
    from recovery_flows.cases.report_and_stop import AlreadyKnownError
    from recovery_flows.errors import MisuseError

    if checked.pasted.problems:
        raise MisuseError("; ".join(map(str, checked.pasted.problems)))
    if checked.refusal:
        raise AlreadyKnownError(checked.refusal)
    if checked.why_not:
        raise MisuseError(f"{checked.why_not}, or give --case NUMBER")


def _send(
    installation: Installation,
    checked: Checked,
    acting_as: str,
    knowing: bool,  # noqa: FBT001 - the options of the command, handed on
    another_payment: bool,  # noqa: FBT001
) -> Stopped:
    from recovery_flows.cases.report_and_stop import stop_at_once

    report = checked.pasted.report
    if report is None:
        raise ValueError("a report without problems is there")
    return stop_at_once(
        installation.case_officer(acting_as), report, checked.case_number,
        knowing=knowing, another_payment=another_payment,
    )  # fmt: skip


def _tell_sent(
    installation: Installation, checked: Checked, done: Stopped, *, now: bool, as_json: bool
) -> None:
    from recovery_flows.cli.sending import tell_done

    if not as_json:
        tell(_notes(checked))
    more = {
        "ref": done.ref, "recovery_id": done.recovery_id, "hold_id": done.hold_id,
        "confirmed_until": done.confirmed_until, "remarks": list(_notes(checked)),
    }  # fmt: skip
    tell_done(installation, done.recovery_id, done.sentence, now=now, as_json=as_json, more=more)
    if not done.hold_id:
        raise typer.Exit(_REFUSED_EXIT_CODE)


def _notes(checked: Checked) -> Iterator[str]:
    """What was added to the text or left out of it; names of fields only."""
    from recovery_flows.intake.pasted.labels import TITLES

    for field in checked.pasted.fields:
        if field.note and field.name in ("reported_at", "paid_at", "amount", "currency"):
            yield f"{TITLES.get(field.name, field.name)}: {field.note}"
    yield from checked.pasted.remarks


def _code(checked: Checked) -> int:
    return _MISUSE_EXIT_CODE if checked.pasted.problems else _REFUSED_EXIT_CODE


def _tell_checked(checked: Checked, *, as_json: bool) -> None:
    if as_json:
        say_json(_as_mapping(checked))
        return
    from recovery_flows.cases.report_and_stop import DECIDE
    from recovery_flows.intake.pasted.labels import TITLES

    fields = [(TITLES.get(f.name, f.name), f.value, f.note) for f in checked.pasted.fields]
    tell(columns(fields))
    tell(f"! {problem}" for problem in checked.pasted.problems)
    tell([f"! {checked.already}: {DECIDE}"] if checked.already else [])
    tell(f"! {line.sentence}" for line in checked.also)
    tell(checked.pasted.remarks)
    message = checked.message
    if message is not None:
        due = instant_text(message.confirmed_until, checked.time_zone)
        tell(
            [
                f"stop-payment of {message.amount} at {message.bank}, order {message.order_ref}",
                f"under {message.mandate} ({message.status}), to be confirmed by {due}",
            ]
        )
    elif checked.instead or checked.refusal:
        tell([checked.instead or checked.refusal])


def _as_mapping(checked: Checked) -> dict[str, object]:
    return {
        "fields": checked.pasted.fields,
        "problems": checked.pasted.problems,
        "remarks": checked.pasted.remarks,
        "case_number": checked.case_number,
        "message": checked.message,
        "instead": checked.instead,
        "refusal": checked.refusal,
        "already": checked.already,
        "also": checked.also,
    }
