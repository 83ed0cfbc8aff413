"""Which fields of a request hold personal data, so that a page shows of them only that they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from models.case_file import CaseFile
from models.privacy.personal_data import Known
from models.queries.privacy.disclosures import TEXT_DIGITS, kept_texts, text_digest
from models.queries.privacy.personal_data import known_data
from models.sealing.vault import Vault
from recovery_flows.correspondence.free_text import undecided_marks
from recovery_flows.cross_border.disclosure import FREE_TEXT, Mark, class_of, marks

GIVEN = "given (personal)"
_PERSONAL = frozenset({"account", "identity", "document"})


@dataclass(frozen=True, slots=True)
class PersonalTexts:
    """What the law says of each field, what is known of the persons, and the texts let stand.

    `kept` are the digests of the texts in which somebody let stand what is personal.
    """

    vault: Vault
    classes: Mapping[str, str]
    known: Known
    kept: frozenset[str]

    @classmethod
    def of(
        cls, session: Session, vault: Vault, file: CaseFile, classes: Mapping[str, str]
    ) -> PersonalTexts:
        """Those of one recovery, as it is read now."""
        known = known_data(session, vault, file)
        return cls(vault, classes, known, kept_texts(session, file.recovery.id))

    def holds(self, name: str, text: str) -> bool:
        """Whether a field is made for persons, was let stand, or has something personal in it."""
        if not text:
            return False
        if self.classes.get(name, "document") in _PERSONAL:
            return True
        let_stand = {digest[:TEXT_DIGITS] for digest in self.kept}
        if text_digest(self.vault, text) in let_stand:
            return True
        return bool(marks({name: text}, self.classes, self.known))

    def holds_or_is_free(self, name: str, text: str) -> bool:
        """Whether a field holds personal data, or is free text, whatever stands in it."""
        return class_of(name, self.classes) == FREE_TEXT or self.holds(name, text)

    def masked(self, fields: Mapping[str, str]) -> dict[str, str]:
        """The fields as a page may show them."""
        return {n: GIVEN if self.holds(n, text) else text for n, text in fields.items()}

    def undecided(self, fields: Mapping[str, str]) -> tuple[Mark, ...]:
        """What the gate would refuse of them."""
        return undecided_marks(self.vault, fields, self.classes, self.known, self.kept)
