"""The letter of a request abroad and the notices about it, in the channel's own order of fields.

No session and no clock: the same values give the same bytes. The sentences are data, one file a
language; where the requested State reads another language, a translation goes with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from models.case_file import CaseFile
from models.entities.request import RequestRow
from models.money import Money
from models.privacy.personal_data import NUMBER, personal_data
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.returns.page import Document, Section, Table, as_markdown
from recovery_flows.correspondence.returns.wording import Wording, languages, wording
from recovery_flows.cross_border import ceiling
from recovery_flows.cross_border.plans import section_of, split_asked

TEXTS = Path(__file__).with_name("texts")
PERSONAL = frozenset({"account", "identity", "document"})
"""Classes of data that a preview marks."""
MARK = "▌"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """What a letter abroad is made from; `fields` are opened, the account's number among them."""

    file: CaseFile
    request: RequestRow
    fields: Mapping[str, str]
    classes: Mapping[str, str]
    source: str
    sender: Sender
    zone: str
    now: datetime


def words_of(language: str) -> Wording:
    """The sentences of a language; MisuseError where there are none."""
    return wording(language, TEXTS)


def ours(language: str) -> bool:
    """Whether the program writes this language; a translation goes with a letter otherwise."""
    return language in languages(TEXTS)


def letter(facts: LetterFacts, language: str) -> Document:
    """The request as it leaves."""
    words, request = words_of(language), facts.request
    name = f"{request.channel}-v{request.version}"
    return _document(facts, words, name, title_of(facts, words), tuple(_sections(facts, words)))


def title_of(facts: LetterFacts, words: Wording) -> str:
    """What a request is called: by its channel, or by what kind of body receives it."""
    request = facts.request
    return words.texts.get(f"title.{request.channel}") or words(f"title.{request.recipient}")


def notice(facts: LetterFacts, language: str, what: str) -> Document:
    """What the other side is told: execution noted, withdrawn, or money that came in elsewhere."""
    words, request = words_of(language), facts.request
    asked = Money(request.requested_minor, request.currency)
    amount = Money(request.executed_minor, request.currency) if what == "executed" else asked
    found = ceiling.ceiling(facts.file)
    until = request.hold_ends_at
    key = "executed_open" if what == "executed" and until is None else what
    text = words(
        f"notice.{key}", amount=amount, received=found.received, order=found.order,
        wanted=ceiling.still_wanted(facts.file, request),
        until=f"{until:%Y-%m-%d %H:%M} UTC" if until else "",
    )  # fmt: skip
    sections = (Section(words("notice.title"), (text,)),)
    return _document(facts, words, f"notice-{what}-{request.id[-6:]}", words("notice.title"),
                     sections)  # fmt: skip


def reminder(facts: LetterFacts, language: str) -> Document:
    """The question where a request stands, by how much of its time is over."""
    words, request = words_of(language), facts.request
    due, sent = request.due_at, request.sent_at or facts.now
    key = "open" if due is None else "late" if due <= facts.now else "due"
    text = words(
        f"reminder.{key}", sent=_day(facts, sent), due=_day(facts, due) if due else "",
    )  # fmt: skip
    sections = (Section(words("reminder.title"), (text,)),)
    name = f"reminder-{request.rung}-{request.id[-6:]}"
    return _document(facts, words, name, words("reminder.title"), sections)


def assurance(facts: LetterFacts, language: str, given: str) -> Document:
    """The assurance that the other side wants, word by word."""
    words, request = words_of(language), facts.request
    sections = (Section(words("assurance.title"), (words("assurance.text"), given)),)
    name = f"assurance-{request.id[-6:]}"
    return _document(facts, words, name, words("assurance.title"), sections)


def _day(facts: LetterFacts, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(facts.zone)):%Y-%m-%d}"


def _document(
    facts: LetterFacts, words: Wording, name: str, title: str, sections: tuple[Section, ...]
) -> Document:
    request, ref = facts.request, facts.file.recovery.ref
    mark = words("common.synthetic") if facts.sender.is_synthetic else ""
    return Document(
        kind=f"request-{request.channel}", language=words.language, ref=ref, seq=request.version,
        digest=request.fields_digest, name=f"{ref}-{name}-{words.language}", title=title,
        sender=facts.sender.name, mark=mark,
        facts=tuple(_head(facts, words)), sections=sections,
        foot=words("common.foot", ref=ref, digest=request.fields_digest[:16]),
    )  # fmt: skip


def _head(facts: LetterFacts, words: Wording) -> Iterator[tuple[str, str]]:
    request, file = facts.request, facts.file
    day = _day(facts, facts.now)
    yield words("common.ref"), f"{file.recovery.ref}, {request.id}"
    yield words("common.version"), str(request.version)
    if request.replaces_id:
        yield words("common.replaces"), request.replaces_id
    yield words("common.to"), request.authority or request.partner_id
    yield words("common.state"), file.asset(request.asset_id).regime
    yield words("common.wanted"), words.named("wanted", request.wanted)
    yield words("common.dated"), words("common.zone", day=day, zone=facts.zone)
    yield words("common.source"), facts.source
    yield words("common.translation"), request.language


def _sections(facts: LetterFacts, words: Wording) -> Iterator[Section]:
    """The fields by the sections of the form; a form without sections has one."""
    request = facts.request
    names = split_asked(request.asked)[0] if request.asked else tuple(facts.fields)
    by_section: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        rows = by_section.setdefault(section_of(request.asked, name), [])
        rows.append((words.named("field", name), facts.fields.get(name) or words("common.none")))
    head = (words("common.name"), words("common.text"))
    for section, rows in sorted(by_section.items(), key=lambda one: (not one[0], one[0])):
        title = words("common.section", section=section) if section else words("common.fields")
        yield Section(title, table=Table(head, tuple(rows)))


def _looks_personal(text: str) -> bool:
    return any(found.kind != NUMBER for found in personal_data(text))


def preview(facts: LetterFacts, language: str) -> Iterator[str]:
    """The exact letter line by line; a mark stands before each line with personal data.

    So it does where a reference looks like a telephone, card or ID number, which the gate lets
    pass in fields that hold references.
    """
    words = words_of(language)
    marked = tuple(
        f"| {words.named('field', name)} |"
        for name, text in facts.fields.items()
        if text and (facts.classes.get(name) in PERSONAL or _looks_personal(text))
    )
    for line in as_markdown(letter(facts, language)).splitlines():
        yield f"{MARK if line.startswith(marked) and marked else ' '} {line}"
