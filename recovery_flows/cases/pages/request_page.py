"""One request abroad on one page: what may be done, checks, clocks, answers, fields, its letter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from models.case_file import CaseFile
from models.entities.request import CARRIED_OUT, UNDER_WAY, RequestRow, RequestState
from models.language.phrase import Phrase, as_phrase, phrase
from models.money import Money
from recovery_flows.cases.pages.request_answers import answers, clock_rungs
from recovery_flows.cases.pages.shared_cells import also_lines, sign
from recovery_flows.cases.pages.value import (
    NONE,
    Cell,
    Column,
    Line,
    Page,
    Part,
    Piece,
    Section,
    cell,
    line,
    muted,
    strong,
    table,
)
from recovery_flows.cases.views.request_view import LetterLine, RequestView
from recovery_flows.cases.views.state_names import Tone, request_word
from recovery_flows.correspondence.personal_texts import GIVEN
from recovery_flows.cross_border import guard
from recovery_flows.cross_border.ceiling import ceiling, is_baseless
from recovery_flows.cross_border.doable import RequestAct
from recovery_flows.cross_border.next_steps import steps
from recovery_flows.cross_border.parts import beyond_trace, fell_to, is_open
from recovery_flows.cross_border.plans import section_of
from recovery_flows.wording import counted, spoken

KEYS: Mapping[RequestAct, str] = {
    RequestAct.SUBMIT: "s", RequestAct.SET: "e", RequestAct.DISPATCH: "x",
    RequestAct.SENT: "S", RequestAct.TOLD: "T",
    RequestAct.ASSURE: "A", RequestAct.ANSWER: "a", RequestAct.CHOOSE: "c",
    RequestAct.RESUBMIT: "b", RequestAct.REMIND: "r", RequestAct.EXTEND: "E",
    RequestAct.RECEIPT: "d", RequestAct.WITHDRAW: "W", RequestAct.REDUCE: "l",
}  # fmt: skip
"""The key of each act on the request's page in the terminal."""
ACTS: Mapping[RequestAct, str] = {
    RequestAct.SUBMIT: phrase("submit it for another person's approval"),
    RequestAct.SET: phrase("fill its fields, or answer what is asked besides"),
    RequestAct.DISPATCH: phrase("let the engine send the approved letter: a third person"),
    RequestAct.SENT: phrase("record that the approved letter went out: a third person"),
    RequestAct.TOLD: phrase("tell the other side what it has to know"),
    RequestAct.ASSURE: phrase("ask another person to give the assurance that is wanted"),
    RequestAct.ANSWER: phrase("record what the other side says, with its paper"),
    RequestAct.CHOOSE: phrase("take one of the ways that its ground leaves"),
    RequestAct.RESUBMIT: phrase("draft it once more as its next version"),
    RequestAct.REMIND: phrase("ask the other side where it stands"),
    RequestAct.EXTEND: phrase("record that the other side freezes for longer"),
    RequestAct.RECEIPT: phrase("record a delivery receipt"),
    RequestAct.WITHDRAW: phrase("take it back, and a freeze by it"),
    RequestAct.REDUCE: phrase("draft its next version for as much as may still be asked for"),
}


def act_name(act: RequestAct) -> Phrase:
    """What an act is called; the command calls it by its English name."""
    return phrase(act.value, context_="abroad")


SECTIONS: Mapping[str, str] = {
    "next": phrase("What can be done"),
    "checks": phrase("Checks before it leaves"),
    "clock": phrase("Clock and reminders"),
    "answers": phrase("What the other side says"),
    "fields": phrase("Fields"),
    "versions": phrase("Versions side by side"),
    "letter": phrase("The letter as it leaves, masked here"),
}
_DOABLE = (Column(most=1), Column(most=9), Column(rest=True), Column(typed=True))
_FIELDS = (Column("field", most=32), Column("section", most=7), Column("text", rest=True))
_OF_LETTER = 12


def written(view: RequestView) -> Page:
    """The page of one request; all personal data is masked."""
    parts: Mapping[str, tuple[Iterator[Part], str]] = {
        "next": (_doable(view), _nothing(view)),
        "checks": (_checks(view), ""),
        "clock": (clock_rungs(view), phrase("no clock runs")),
        "answers": (answers(view), phrase("nothing yet")),
        "fields": (_fields(view), phrase("no field")),
        "versions": (_versions(view), phrase("this is the first version")),
        "letter": (_letter(view), ""),
    }
    sections = tuple(
        Section(key, SECTIONS[key], tuple(made), empty) for key, (made, empty) in parts.items()
    )
    return Page(tuple(_head(view)), sections, view.zone)


def _nothing(view: RequestView) -> Phrase:
    """Why nobody here can do anything with it now, and where it goes on."""
    state = view.row.state
    if state in CARRIED_OUT:
        return phrase("nothing: it is carried out; 2, Recovery, shows what is held")
    if state in UNDER_WAY:
        return phrase("nothing: the other side is to act")
    if state is RequestState.APPROVED:
        return phrase("nothing: the engine sends it")
    return phrase("nothing: it has ended")


def _head(view: RequestView) -> Iterator[Line]:
    row, file = view.row, view.file
    country = file.asset(row.asset_id).regime
    yield line(
        Piece(file.recovery.ref, Tone.NAMED),
        "  ",
        sign(request_word(row.state)),
        "  ",
        strong(Money(row.requested_minor, row.currency)),
        phrase("  {wanted}", wanted=spoken(row.wanted)),
    )
    name = view.channel.name if view.channel else row.channel
    yield line(
        phrase("{who} in {regime}", who=row.authority or row.partner_id, regime=country),
        muted(phrase("  by {channel}: {name}", channel=row.channel, name=as_phrase(name))),
    )
    officer = file.recovery.owner_id or phrase("unassigned")
    drafted = (
        phrase("  submitted by {drafted_by}", drafted_by=row.drafted_by) if row.drafted_by else ""
    )
    yield line(
        phrase("version {version}  officer: {officer}", version=row.version, officer=officer),
        muted(phrase("{drafted}  id {id}", drafted=drafted, id=row.id)),
    )
    yield from also_lines(view.elsewhere)


def _doable(view: RequestView) -> Iterator[Part]:
    for step in (s for s in steps(view.file) if s.subject_id == view.row.id):
        yield line(Piece(phrase("▸ {sentence}", sentence=step.sentence), Tone.CARE))
    if view.file.pending(view.row.id) is not None:
        yield line(Piece(phrase("? another person decides it: 3, Approvals"), Tone.CALM))
    ref = view.file.recovery.ref
    rows = (
        (
            Piece(KEYS[act], Tone.FOUND), strong(act_name(act)), muted(ACTS[act]),
            muted(f"$ recovery xborder {act} {ref} {view.row.id}"),
        )
        for act in view.acts
    )  # fmt: skip
    yield from table(_DOABLE, rows)


def _checks(view: RequestView) -> Iterator[Line]:
    row = view.row
    lacks = [name for name in row.missing.split(",") if name]
    for name in lacks:
        section = section_of(row.asked, name)
        yield line(
            Piece(
                phrase("✕ lacks {name} (section {section})", name=name, section=section)
                if section
                else phrase("✕ lacks {name}", name=name),
                Tone.ALARM,
            )
        )
    if not lacks:
        text = phrase(
            "✓ complete: {fields} asked for, none missing", fields=counted(len(view.asked), "field")
        )
        yield line(Piece(text, Tone.GOOD))
    for approval, is_there in view.approvals:
        seen = Piece("✓", Tone.GOOD) if is_there else Piece("✕", Tone.ALARM)
        told = (
            phrase("recorded")
            if is_there
            else phrase("missing: {reference_field}", reference_field=approval.reference_field)
        )
        yield line(
            seen,
            phrase(" approval {rule} {told}", rule=approval.rule, told=told),
            muted(f"  {approval.source}"),
        )
    for found in view.marks:
        yield line(
            Piece(
                phrase(
                    "✕ {field} holds a {what} ({masked})",
                    field=found.field,
                    what=found.what,
                    masked=found.masked,
                ),
                Tone.ALARM,
            )
        )
    if not view.marks:
        yield line(Piece(phrase("✓ nothing personal where it is not asked for"), Tone.GOOD))
    yield from _within(view.file, row)
    for other in view.also:
        yield line(Piece(phrase("∩ also asked {other}", other=other), Tone.CARE))


def _within(file: CaseFile, row: RequestRow) -> Iterator[Line]:
    """What is asked for in all, by parts of its account, and what the trace supports of it."""
    top = ceiling(file)
    is_over = top.received.minor + top.asked.minor > top.order.minor
    sign_ = Piece("✕", Tone.ALARM) if is_over else Piece("✓", Tone.GOOD)
    told = phrase(
        " received {received} and asked {asked} of {order}",
        received=top.received,
        asked=top.asked,
        order=top.order,
    )
    yield line(sign_, told, muted(phrase("  left ")), top.left)
    if there := guard.of_parts(file, row):
        yield line(phrase("  this asks for part {number}", number=row.account_part), muted(there))
    if is_baseless(file, row):
        text = phrase("✕ no money is traced to the account any more: withdraw it")
        if not row.claim_minor:
            text = phrase("✕ which part of the loss this would be is not known: withdraw it")
        yield line(Piece(text, Tone.ALARM))
        return
    after = next((r for r in file.requests if r.replaces_id == row.id and is_open(r)), None)
    if after is not None:
        asks = Money(after.requested_minor, after.currency)
        state = spoken(after.state)
        yield line(
            phrase("  next version {id}: {state}, {asks}", id=after.id, state=state, asks=asks)
        )
    elif (fell := fell_to(file, row)) is not None:
        most = Money(fell, row.currency)
        if guard.may_reduce(file, row):
            text = phrase("✕ the trace supports {most} of it by now: ask for less", most=most)
            yield line(Piece(text, Tone.ALARM))
        else:  # a bank that has its order, or a body that keeps no more than this
            yield line(muted(phrase("  the trace supports {most} of it by now", most=most)))
    beyond = beyond_trace(row)
    if beyond.minor:
        yield line(muted(phrase("  {beyond} of it are beyond the trace", beyond=beyond)))


def _fields(view: RequestView) -> Iterator[Part]:
    rows = (
        (cell(name), muted(section_of(view.row.asked, name)), _text(view, name))
        for name in view.asked
    )
    yield from table(_FIELDS, rows, whole=True)


def _text(view: RequestView, name: str) -> Cell:
    text = view.fields.get(name, "")
    if text:
        return cell(muted(f"◌ {GIVEN}") if text == GIVEN else text)
    is_needed = name in view.row.missing.split(",")
    return cell(Piece(phrase("✕ missing"), Tone.ALARM)) if is_needed else NONE


def _versions(view: RequestView) -> Iterator[Part]:
    if view.changed is None or view.before is None:
        return
    before, now = view.before.version, view.row.version
    if not view.changed:
        yield line(muted(phrase("the same fields as version {before}", before=before)))
    columns = (
        Column("field", most=28), Column(f"version {before}", most=40),
        Column(f"version {now}", most=40, rest=True),
    )  # fmt: skip
    rows = ((cell(one.field), _either(one.before), _either(one.now)) for one in view.changed)
    yield from table(columns, rows, whole=True)


def _either(text: str) -> Cell:
    return cell(muted(text) if text == GIVEN else text) if text else NONE


def _letter(view: RequestView) -> Iterator[Line]:
    language, lines = view.letter
    yield line(
        muted(phrase("{language}  ◌ is masked here, in full in the letter", language=language))
    )
    for number, one in enumerate(lines):
        yield Line(_marked(one), detail=number >= _OF_LETTER)
    asked = f"preview {view.file.recovery.ref} {view.row.id} --language zh"
    yield Line(
        cell(muted(phrase("… v shows all of it, m in clear, in each language: it is recorded")))
    )
    yield Line(cell(muted(f"$ recovery xborder {asked}")), indent=2, typed=True)


def _marked(one: LetterLine) -> Cell:
    if one.is_personal:
        return cell(Piece("◌ ", Tone.SOON), Piece(one.text, Tone.CARE))
    return cell("  ", one.text)
