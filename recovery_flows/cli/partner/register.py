"""`recovery partner`: the register. What was agreed, whom to call, how each partner answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, opened
from recovery_flows.cli.output import plain, say_json
from recovery_flows.cli.table import cells, columns, tell, tell_what, width_of

if TYPE_CHECKING:
    from recovery_flows.cli.composition import Installation
    from recovery_flows.partners.contacts import Contacts
    from recovery_flows.partners.page import PartnerPage

PartnerId = Annotated[str, typer.Argument(metavar="ID", help="See `recovery partner list`.")]
_NAME_CELLS_MIN = 8
_WIDTH = 80


def attach(group: typer.Typer) -> None:
    """Add the commands of this module to the group `partner`."""
    for command in (agree, contact, show):
        group.command()(command)
    group.command("list")(list_)


def agree(
    partner_id: PartnerId,
    *,
    minutes: Annotated[int, typer.Option(help="Promised answer time; 0 ends the promise.")],
    agreement: Annotated[str, typer.Option(help="The paper: its number and date.")] = "",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Record the agreed response time and the agreement behind it."""
    from recovery_flows.partners import contacts

    with opened() as installation:
        done = contacts.agree(installation.case_officer(acting_as), partner_id, minutes, agreement)
    tell_what(done, as_json=as_json)


def contact(
    partner_id: PartnerId,
    *,
    desk: Annotated[str | None, typer.Option(help="Who answers day and night.")] = None,
    phone: Annotated[str | None, typer.Option(help="Telephone.")] = None,
    email: Annotated[str | None, typer.Option(help="E-mail.")] = None,
    address: Annotated[str | None, typer.Option(help="For letters.")] = None,
    from_stdin: Annotated[
        bool, typer.Option("--from-stdin", help='Read {"desk": …, "phone": …} instead.')
    ] = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Store a partner's round-the-clock contacts, encrypted.

    "" removes one, the others stay.

    What is written on a command line can be seen by others on this machine: --from-stdin avoids it.
    """
    from recovery_flows.errors import MisuseError
    from recovery_flows.partners import contacts

    words = {"desk": desk, "phone": phone, "email": email, "address": address}
    given = {name: text for name, text in words.items() if text is not None}
    if from_stdin and given:
        raise MisuseError("contacts come from the options or from standard input, not from both")
    given = _from_stdin() if from_stdin else given
    with opened() as installation:
        done = contacts.change_contacts(installation.case_officer(acting_as), partner_id, given)
    tell_what(done, as_json=as_json)


def _from_stdin() -> dict[str, str]:
    from recovery_flows.errors import MisuseError

    try:
        body = json.loads(sys.stdin.read())
    except ValueError:
        body = None
    if not isinstance(body, dict) or not all(isinstance(text, str) for text in body.values()):
        raise MisuseError('standard input is no JSON object of texts such as {"phone": "110"}')
    return body


def show(
    partner_id: PartnerId,
    *,
    reveal: Annotated[
        str | None,
        typer.Option(metavar="REASON", help="Contacts in clear; who and why is kept."),
    ] = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Show a partner: contacts, service level, connection."""
    from recovery_flows.cases.pages.partner import written
    from recovery_flows.cli.page_text import page_lines
    from recovery_flows.partners.contacts import show_contacts

    with opened() as installation:
        clear = None
        if reveal is not None:
            clear = show_contacts(installation.case_officer(acting_as), partner_id, reveal)
        (page,) = _pages(installation, partner_id, whole=as_json)
    if as_json:
        say_json(_mapping(page, clear))
    else:
        tell(page_lines(written(page, installation.time_zone, clear)))


def list_(*, as_json: AsJson = False) -> None:
    """List the partners: response times, connection, last answer."""
    with opened() as installation:
        pages = _pages(installation)
    if as_json:
        say_json([_line_mapping(page) for page in pages])
    elif not pages:
        tell(["no partner is registered: `recovery partner add`"])
    else:
        tell(_list_lines(pages))


def _pages(
    installation: Installation, partner_id: str = "", *, whole: bool = False
) -> tuple[PartnerPage, ...]:
    from models.queries.partners.register import ChangedCountError
    from models.store.partner_register import NoSuchPartnerError
    from recovery_flows.clock import wall_clock
    from recovery_flows.errors import DisagreementError, MisuseError
    from recovery_flows.partners.page import partner_pages

    database = installation.database
    try:
        with database.reading() as session:
            return partner_pages(
                session, database.vault, installation.laws, wall_clock(), partner_id, whole=whole
            )
    except NoSuchPartnerError as error:
        raise MisuseError(str(error)) from error
    except ChangedCountError as error:
        raise DisagreementError(str(error)) from error


def _list_lines(pages: tuple[PartnerPage, ...]) -> list[str]:
    """At most 80 cells a line: the name takes what is left; what went wrong stands underneath."""
    head = ("partner", "name", "kind", "law", "by", "p50", "p90", "late", "breaker", "ago")
    rows = [_row(page) for page in pages]
    taken = sum(
        max(width_of(row[i]) for row in (head, *rows)) + 2 for i in range(len(head)) if i != 1
    )
    room = max(_NAME_CELLS_MIN, _WIDTH - taken)
    rows = [(row[0], cells(row[1], room), *row[2:]) for row in rows]
    lines = columns(rows, head, right=(5, 6, 7))
    for page in pages:
        lines += _wrong(page)
    return [
        *lines,
        "p50, p90: minutes to an answer; ago: last heard of; `recovery partner show ID`",
    ]


def _wrong(page: PartnerPage) -> Iterator[str]:
    row = page.row
    if row.last_error:
        yield from wrap(row.last_error, _WIDTH, initial_indent="  ", subsequent_indent="    ")
        yield from wrap(page.advice, _WIDTH, initial_indent="    ", subsequent_indent="    ")
    if row.disagreement:
        yield from wrap(
            f"books differ: {row.disagreement}", _WIDTH,
            initial_indent="  ", subsequent_indent="    ",
        )  # fmt: skip


def _row(page: PartnerPage) -> tuple[str, ...]:
    from recovery_flows.cases.pages.partner import ago

    row, ever = page.row, page.ever
    return (
        row.id, row.name, row.kind, row.regime, row.channel,
        "-" if ever.p50 is None else str(ever.p50), "-" if ever.p90 is None else str(ever.p90),
        str(page.late), page.breaker, ago(page),
    )  # fmt: skip


def _mapping(page: PartnerPage, clear: Contacts | None) -> dict[str, object]:
    from recovery_flows.partners.response_times import MEASURE

    body: dict[str, object] = plain(page)
    contacts = {"contacts": plain(clear), "contacts_masked": False} if clear else {}
    return {"measure": MEASURE, **body, "contacts_masked": True} | contacts


def _line_mapping(page: PartnerPage) -> dict[str, object]:
    row = page.row
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "regime": row.regime,
        "currency": row.currency,
        "channel": row.channel,
        "home": row.home,
        "url": row.base_url,
        "client_id": row.client_id,
        "agreed_minutes": row.agreed_minutes,
        "answered": page.ever.answered,
        "p50_minutes": page.ever.p50,
        "p90_minutes": page.ever.p90,
        "breaches": page.late,
        "calls_open": page.calls.count if page.calls else 0,
        "breaker": page.breaker,
        "last_answer_at": row.last_answer_at,
        "last_error": row.last_error,
        "last_trouble": row.last_trouble,
        "disagreement": row.disagreement,
    }
