"""Before a text leaves it is searched; a person strikes what is found or says why it stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from models.case_file import CaseFile
from models.entities.outside.disclosure import DisclosureKind
from models.ids import canonical
from models.language.phrase import phrase
from models.privacy.personal_data import Known, struck
from models.queries.privacy.disclosures import TEXT_DIGITS, kept_texts, text_digest
from models.queries.privacy.personal_data import known_data
from models.sealing.vault import Vault
from models.store.disclosures import Disclosed, note_disclosure
from models.store.unit import Actor, Unit
from recovery_flows.access.disclosures import checked_reason, refuse_personal
from recovery_flows.cross_border.channels import Recipient
from recovery_flows.cross_border.disclosure import FREE_TEXT, Mark, marks, rule_for
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.law.regime import Regime


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person says of marked fields: those to strike it from, why it stays in others."""

    struck: Collection[str] = ()
    kept: Mapping[str, str] = field(default_factory=dict)

    def check(self, fields: Mapping[str, str]) -> None:
        """MisuseError where a field is decided about that is not given."""
        for name in (*self.struck, *self.kept):
            if name not in fields:
                raise MisuseError(
                    phrase(
                        "{name!r} is decided about and not given: --field {name}=TEXT", name=name
                    )
                )


UNDECIDED = Decided()


def passed_texts(
    unit: Unit,
    actor: Actor,
    now: datetime,
    file: CaseFile,
    subject_id: str,
    fields: Mapping[str, str],
    decided: Decided,
    law: Regime,
) -> dict[str, str]:
    """The fields as they may leave: struck where a person said so, kept texts recorded.

    StepRefusedError names the field and the kind of data of the first that nobody decided about.
    """
    decided.check(fields)
    known = known_data(unit.session, unit.vault, file)
    texts = dict(fields)
    for name in decided.struck:
        found = marks({name: texts[name]}, law.data_classes, known)
        texts[name] = struck(texts[name], [mark.found for mark in found])
    for name, reason in decided.kept.items():
        found = marks({name: texts[name]}, law.data_classes, known)
        if not found:
            raise MisuseError(
                phrase("nothing personal was found in {name}: leave --keep out", name=name)
            )
        refuse_personal(unit, file, why := checked_reason(reason))
        kinds = ", ".join(dict.fromkeys(mark.what for mark in found))
        told = Disclosed(
            DisclosureKind.KEPT_TEXT, f"{name}: {kinds}", subject_id, why,
            kept_digest(unit.vault, texts[name], found),
        )  # fmt: skip
        note_disclosure(unit, actor, now, file.recovery.id, told)
    left = {name: text for name, text in texts.items() if name not in decided.kept}
    _refuse(marks(left, law.data_classes, known), law)
    return texts


def kept_digest(vault: Vault, text: str, found: Sequence[Mark]) -> str:
    """Keyed digest (64 hex digits) of a text, and of what was found in it when it was let stand."""
    places = canonical([[m.field, m.what, m.found.start, m.found.end] for m in found])
    return text_digest(vault, text) + vault.fingerprint(places.decode())[:TEXT_DIGITS]


def refuse_unkept(
    session: Session, vault: Vault, file: CaseFile, fields: Mapping[str, str], law: Regime
) -> None:
    """Refuse stored texts with personal data in them that nobody decided about, or that is new.

    New is also a name in a text that was let stand before anybody knew that it is one.
    """
    kept, known = kept_texts(session, file.recovery.id), known_data(session, vault, file)
    _refuse(undecided_marks(vault, fields, law.data_classes, known, kept), law)


def undecided_marks(
    vault: Vault, fields: Mapping[str, str], classes: Mapping[str, str], known: Known,
    kept: Collection[str],
) -> tuple[Mark, ...]:  # fmt: skip
    """What is personal in stored texts, but for what somebody let stand: `kept` are its digests."""
    left: list[Mark] = []
    for name, text in fields.items():
        found = marks({name: text}, classes, known)
        if found and kept_digest(vault, text, found) not in kept:
            left += found
    return tuple(left)


def _refuse(found: Sequence[Mark], law: Regime) -> None:
    if found:
        first = found[0]
        rule = rule_for(law, Recipient.AUTHORITY, FREE_TEXT)
        cited = f"{rule.code} ({rule.instrument}, {rule.article})" if rule else phrase("this unit")
        raise StepRefusedError(phrase(
            "the field {field} holds a {what} ({masked}), and {cited} lets out only the personal "
            "data that is asked for: give it in the fields account and persons, or strike it "
            "(--strike {field}), or say why it must stay (--keep {field}=REASON)",
            field=first.field, what=first.what, masked=first.masked, cited=cited,
        ))  # fmt: skip
