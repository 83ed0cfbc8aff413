"""One request abroad as people see it: masked, with its versions, its gate and its letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from models.case_file import CaseFile
from models.deconfliction_hits import AlsoLine
from models.engine import Database
from models.entities.outside.request_message import MessageKind
from models.entities.request import RequestRow
from models.queries.cases.case_files import load_file
from models.queries.cases.deconfliction import elsewhere
from models.queries.cases.requests import opened_fields
from models.queries.installation.clock import case_now
from models.queries.installation.officers import OfficerView
from recovery_flows.cases import deconfliction
from recovery_flows.cases.deconfliction_check import also_lines
from recovery_flows.correspondence.abroad.letter import MARK, LetterFacts, notice, ours, preview
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.personal_texts import GIVEN, PersonalTexts
from recovery_flows.cross_border.ceiling import owed_word
from recovery_flows.cross_border.channels import Channel
from recovery_flows.cross_border.disclosure import Approval, Mark, approvals_needed
from recovery_flows.cross_border.doable import RequestAct, acts_of
from recovery_flows.cross_border.plans import split_asked
from recovery_flows.cross_border.request_edits import also_asked, request_of
from recovery_flows.law.regime import Regimes

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Changed:
    """A field that differs from the version before, both masked where they name a person."""

    field: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One line of the letter; `is_personal` where what stands in it is masked here."""

    is_personal: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A request with its file; no field in it names a person, `letter` neither.

    `asked` are the names of its fields in the order of its form, `letter` a language and lines.
    `approvals` are those that the law wants before such fields leave, each with whether its
    reference is there; `marks` is what the gate would refuse. `changed` is None where no version
    stands before this one.
    `notice` is the sentence that the other side is owed, empty where it knows all.
    `elsewhere` is what other recoveries know of the account, `also` what else asks for it here.
    """

    now: datetime
    zone: str
    file: CaseFile
    row: RequestRow
    channel: Channel | None
    asked: tuple[str, ...]
    needed: frozenset[str]
    fields: Fields
    approvals: tuple[tuple[Approval, bool], ...]
    marks: tuple[Mark, ...]
    changed: tuple[Changed, ...] | None
    before: RequestRow | None
    letter: tuple[str, tuple[LetterLine, ...]]
    notice: str
    elsewhere: tuple[AlsoLine, ...]
    also: tuple[str, ...]
    acts: tuple[RequestAct, ...]

    @property
    def recovery_id(self) -> str:
        """The recovery that it belongs to."""
        return self.file.recovery.id


def request_view(
    database: Database, laws: Regimes, channels: Mapping[str, Channel], recovery_id: str,
    request_id: str, sender: Sender, wall_now: datetime, viewer: OfficerView | None = None,
) -> RequestView:  # fmt: skip
    """One request as `viewer` may see it, read in one transaction.

    MisuseError where the recovery has none of that id.
    """
    with database.reading() as session:
        file = load_file(session, recovery_id)
        row, now = request_of(file, request_id), case_now(session, wall_now)
        law, channel = laws[file.recovery.regime], channels.get(row.channel)
        texts = PersonalTexts.of(session, database.vault, file, law.data_classes)
        clear = opened_fields(session, database.vault, row.id)
        before = next((r for r in file.requests if r.id == row.replaces_id), None)
        old = opened_fields(session, database.vault, before.id) if before else {}
        hits = elsewhere(session, [recovery_id]).get(recovery_id, ())
    asked, needed = split_asked(row.asked) if row.asked else (tuple(clear), ())
    masked = texts.masked(clear)
    facts = LetterFacts(
        file=file, request=row, fields=masked, classes=law.data_classes,
        source=channel.source if channel else "", sender=sender, zone=law.time_zone,
        now=row.sent_at or now,
    )  # fmt: skip
    needs = approvals_needed(law, row.recipient, [name for name in asked if clear.get(name)])
    return RequestView(
        now=now, zone=law.time_zone, file=file, row=row, channel=channel, asked=asked,
        needed=frozenset(needed), fields=masked,
        approvals=tuple((one, bool(clear.get(one.reference_field))) for one in needs),
        marks=texts.undecided(clear),
        changed=_changed(old, clear, texts) if before else None, before=before,
        letter=_letter(facts), notice=_notice(replace(facts, now=now)),
        elsewhere=also_lines(deconfliction.about(hits, file, row.asset_id), viewer),
        also=_also(file, row),
        acts=acts_of(file, row),
    )  # fmt: skip


def _also(file: CaseFile, row: RequestRow) -> tuple[str, ...]:
    """What else asks for the account; the version before this one is on the page itself."""
    told = also_asked(file, row.id)
    return tuple(one for one in told if not row.replaces_id or row.replaces_id not in one)


def _changed(old: Fields, new: Fields, texts: PersonalTexts) -> tuple[Changed, ...]:
    names = [n for n in dict.fromkeys((*old, *new)) if old.get(n, "") != new.get(n, "")]
    was, now = texts.masked(old), texts.masked(new)
    return tuple(Changed(name, was.get(name, ""), now.get(name, "")) for name in names)


def _notice(facts: LetterFacts) -> str:
    owed = owed_word(facts.file, facts.request)
    if not owed or owed == MessageKind.ASSURANCE:  # which is kept as it was approved
        return ""
    language = facts.request.language if ours(facts.request.language) else "en"
    return " ".join(notice(facts, language, owed).sections[0].paragraphs)


def _letter(facts: LetterFacts) -> tuple[str, tuple[LetterLine, ...]]:
    """The letter in the language of the other side where the program writes it, else in English."""
    language = facts.request.language if ours(facts.request.language) else "en"
    lines = preview(facts, language)
    return language, tuple(
        LetterLine(one.startswith(MARK) or GIVEN in one, one[2:]) for one in lines
    )
