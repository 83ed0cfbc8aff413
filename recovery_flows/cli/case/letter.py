"""`recovery letter`: banks without an interface, told and answered on paper or by mail."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, find, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import columns, instant_text, tell, tell_what

if TYPE_CHECKING:
    from models.case_file import CaseFile
    from models.queries.cases.letter_views import LetterLine
    from models.queries.cases.work import CallLine
    from models.store.unit import Unit
    from recovery_flows.cli.composition import Installation
    from recovery_flows.correspondence.letters.orders import Post
    from recovery_flows.law.regime import Regimes

Call = Annotated[str, typer.Argument(metavar="CALL", help="Its id, see `recovery letter list`.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="A new file, `-` for standard output.", dir_okay=False)
]
When = Annotated[str, typer.Option(metavar="WHEN", help="ISO 8601; in the law's zone without one.")]
_STDOUT = Path("-")


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    from recovery_flows.cli.case import letter_answer

    group = typer.Typer(help="Banks without an interface: letters, and what they answer.",
                        no_args_is_help=True)  # fmt: skip
    group.command("list")(list_)
    group.command("print")(print_)
    for command in (sent, letter_answer.answer, letter_answer.notice, document, cancel):
        group.command()(command)
    group.command("word", hidden=True)(letter_answer.notice)
    group.command("drop", hidden=True)(cancel)
    app.add_typer(group, name="letter")


def list_(
    ref: Annotated[str, typer.Argument(metavar="[REF]", help="Of one recovery only.")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """List open letters, the most urgent first."""
    from recovery_flows.correspondence.letters.views import open_letters

    with opened() as installation:
        recovery_id = find(installation, ref) if ref else ""
        lines = open_letters(installation.database, installation.laws, recovery_id)
    if as_json:
        say_json(lines)
    elif not lines:
        tell(["no letter is open"])
    else:
        head = ("recovery", "letter", "bank", "about", "stands", "until", "sent")
        tell(columns([_row(line) for line in lines], head))


def _row(line: LetterLine) -> tuple[str, ...]:
    from recovery_flows.cases.pages.shared_cells import LETTERS

    went = f"{instant_text(line.sent_at)} {line.sent_how}" if line.sent_at else "-"
    until = instant_text(line.due_at)
    return (line.ref, line.call_id, line.bank, line.what, LETTERS[line.stands].word, until, went)


def print_(
    call: Call,
    *,
    out: Out = None,
    html: Annotated[bool, typer.Option("--html", help="As a page for a printer.")] = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Print a letter into a new file that only you may read.

    Printed again it is the same.

    A file whose name ends in .html gets the page for a printer. The letter is fixed by this: it
    holds account numbers and names in full.
    """
    from recovery_flows.correspondence.letters.actions import print_letter, print_to
    from recovery_flows.correspondence.letters.files import default_name

    with opened() as installation:
        acting = installation.case_officer(acting_as)
        if out == _STDOUT:
            printed = print_letter(acting, post_of(installation), call)
            sys.stdout.write((printed.as_page() if html else printed.text).decode())
            return
        path = out or Path(default_name(call, ".html" if html else ".txt"))
        if html and path.suffix.lower() not in (".html", ".htm"):
            path = path.with_name(f"{path.name}.html")
        tell_what(print_to(acting, post_of(installation), call, path), as_json=as_json)


def post_of(installation: Installation) -> Post:
    """Who writes, and the same orders that interfaces get."""
    from recovery_flows.correspondence.letters.orders import Post

    return Post(installation.sender(), _order)


def _order(unit: Unit, file: CaseFile, call: CallLine, laws: Regimes) -> tuple[str, bytes]:
    """What spells orders is imported by the first of them: a terminal that opens has none."""
    from recovery_flows.engine.outbox.bodies import path_and_body

    return path_and_body(unit, file, call, laws)


def sent(
    call: Call,
    *,
    how: Annotated[
        str, typer.Option(help="fax, courier, post, e-mail or hand; a number: `courier 4711`.")
    ],
    at: When = "",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Enter how and when a letter left. The bank's clock starts then."""
    from recovery_flows.correspondence.letters.actions import record_sent

    with opened() as installation:
        done = record_sent(installation.case_officer(acting_as), call, how, at)
    tell_what(done, as_json=as_json)


def document(call: Call, *, out: Out = None, acting_as: ActingAs = "") -> None:
    """Write the document behind an answer into a new file."""
    from recovery_flows.correspondence.letters.answer_actions import answer_document
    from recovery_flows.correspondence.letters.files import default_name, write_new

    with opened() as installation:
        raw = answer_document(installation.case_officer(acting_as), call)
    if out == _STDOUT:
        sys.stdout.buffer.write(raw)
        return
    path = out or Path(default_name(call, ".answer"))
    write_new(path, raw)
    tell([f"the bank's document is in {path}"])


def cancel(
    call: Call,
    *,
    reason: Annotated[str, typer.Option(help="Why; kept sealed in the file.")],
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Cancel a query about a balance, or a notice that came unasked."""
    from recovery_flows.correspondence.letters import actions as letter_actions

    with opened() as installation:
        done = letter_actions.cancel(installation.case_officer(acting_as), call, reason)
    tell_what(done, as_json=as_json)
