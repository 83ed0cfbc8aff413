"""A pasted report as the program reads it: what is wrong, what would leave, every field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from textual.content import Content

from models.entities.officer import Role
from models.language.phrase import phrase
from models.queries.installation.officers import OfficerView
from recovery_flows.cases.pages.value import Column
from recovery_flows.cases.views.report_preview import Checked, StopMessage
from recovery_flows.intake.pasted.labels import PERSONAL, TITLES
from recovery_flows.law.rows import Status
from recovery_flows.wording import counted, listed
from tui.layout import Figures, also_lines, grid, paragraph
from tui.state_styles import ALARM, CARE, GOOD, MUTED
from tui.text import word, words, zoned_time

PERSONAL_MARK = "●"
_INSTANTS = ("paid_at", "reported_at")


def checked_lines(checked: Checked, width: int, refusal: str = "") -> list[Content]:
    """What is wrong first, then the message, then the fields.

    `refusal` says why this person can send nothing, whatever the report says.
    """
    return [
        *_problems(checked, width, refusal),
        *also_lines(checked.also, width),
        *_message(checked, width, is_ready=not (checked.why_not or checked.already or refusal)),
        *(
            line
            for remark in checked.pasted.remarks
            for line in paragraph(word(remark, CARE), width)
        ),
        *_fields(checked, width),
    ]


def _problems(checked: Checked, width: int, refusal: str) -> Iterator[Content]:
    problems = checked.pasted.problems
    if not problems:
        if refusal or checked.why_not:
            yield from paragraph(words(("✕ ", ALARM), refusal or checked.why_not), width)
        if checked.already:
            yield from paragraph(words(("≠ ", ALARM), (checked.already, "bold")), width)
            decide = phrase(
                "ctrl+s asks whether this is another payment; else nothing leaves twice"
            )
            yield from paragraph(word(decide, CARE), width)
        return
    yield word(phrase("✕ {problems}", problems=counted(len(problems), "problem")), ALARM)
    for problem in problems:
        text = words("  ", (problem.title, "bold $foreground"), phrase(" {why}  ", why=problem.why))
        yield from paragraph(words(text, (problem.mend, CARE)), width)


def _message(checked: Checked, width: int, *, is_ready: bool) -> list[Content]:
    if checked.instead:
        return paragraph(words(("– ", CARE), checked.instead), width)
    if checked.message is None:
        return []
    head = words(
        ("✓ ", GOOD), (phrase("this stop-payment leaves at once with ctrl+s"), "bold $foreground")
    )
    if not is_ready:  # a tick beside what is refused above would contradict it
        head = words(
            ("– ", CARE), (phrase("this stop-payment is not ready to be sent"), "bold $foreground")
        )
    rows = [
        (word(name, MUTED), word(value, "bold $foreground"))
        for name, value in message_figures(checked)
    ]
    return [head, *grid((Column("", most=22), Column("", rest=True)), rows, width, full=True)]


def message_figures(checked: Checked) -> Figures:
    """The stop-payment in the words of the wire, personal fields marked; then its law.

    In another language each field of the wire stands behind what it is called there.
    """
    message = checked.message
    if message is None:
        return ((phrase("case number"), checked.case_number), (phrase("instead"), checked.instead))
    return (
        (phrase("bank"), f"{message.bank}  {message.bank_name}"),
        (phrase("orderRef"), message.order_ref),
        (phrase("kind", context_="wire"), "stop"),
        (phrase("account {mark}", mark=PERSONAL_MARK), message.number),
        (phrase("holderName {mark}", mark=PERSONAL_MARK), _holder(message)),
        (phrase("amount", context_="wire"), str(message.amount)),
        (phrase("mandate"), message.mandate),
        (
            phrase("law"),
            phrase("✓ confirmed") if message.status is Status.CONFIRMED else phrase("? unverified"),
        ),
        (phrase("confirmed until"), _until(checked, message)),
        (phrase("case number"), checked.case_number or phrase("none yet")),
    )


def _holder(message: StopMessage) -> str:
    if message.is_stored_name:
        return phrase("{holder} (as stored: not the name in the text)", holder=message.holder)
    return message.holder or phrase("not known")


def _until(checked: Checked, message: StopMessage) -> str:
    if message.confirmed_until is None:
        return phrase("no confirmation is needed")
    return phrase(
        "{at} by another person",
        at=zoned_time(message.confirmed_until, checked.time_zone),
    )


def _fields(checked: Checked, width: int) -> list[Content]:
    columns = (Column("", most=14), Column("", most=2), Column("", rest=True))
    rows = [
        (
            word(TITLES.get(f.name, f.name), MUTED),
            word(PERSONAL_MARK if f.name in PERSONAL else "", CARE),
            words((_shown(checked, f.name, f.value), "$foreground"), (_noted(f.note), MUTED)),
        )
        for f in checked.pasted.fields
        if f.name != "currency"
    ]
    if not rows:
        return []
    return [
        word(
            phrase("as it was read; {personal_mark} is personal", personal_mark=PERSONAL_MARK),
            MUTED,
        ),
        *grid(columns, rows, width, full=True),
    ]


def _noted(note: str) -> str:
    return phrase("  {note}", note=note) if note else ""


def _shown(checked: Checked, name: str, value: str) -> str:
    report = checked.pasted.report
    if name in _INSTANTS:
        return zoned_time(datetime.fromisoformat(value), checked.time_zone)
    if name == "amount" and report is not None:
        return str(report.amount)
    return value


def why_nobody(officer: OfficerView | None) -> str:
    """Why this identity cannot send a stop; "" when it can."""
    if officer is None:
        return phrase("nobody acts: this user is bound to no officer (`recovery officer add`)")
    if Role.OFFICER not in officer.roles:
        roles = listed(officer.roles)
        return phrase(
            "this takes an officer; {handle} is {roles}: o changes who acts",
            handle=officer.handle,
            roles=roles,
        )
    return ""
