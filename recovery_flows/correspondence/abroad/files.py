"""The letter of a request abroad, or a notice about it, as new files; it is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from models.entities.outside.disclosure import DisclosureKind
from models.language.phrase import phrase
from recovery_flows.access.acting_officer import ActingOfficer
from recovery_flows.access.disclosures import note_files
from recovery_flows.correspondence.abroad.actions import check_approved, notice_of
from recovery_flows.correspondence.abroad.as_xml import as_xml
from recovery_flows.correspondence.abroad.letter import LetterFacts, letter
from recovery_flows.correspondence.returns.writing import (
    ENDINGS,
    check_all_free,
    files_of,
    write_files,
)
from recovery_flows.errors import MisuseError

XML = "xml"


def check_endings(endings: Sequence[str], *, is_notice: bool = False) -> None:
    """MisuseError where a format is none that the program writes; a notice has no XML."""
    known = ENDINGS if is_notice else (*ENDINGS, XML)
    for one in endings:
        if one not in known:
            raise MisuseError(
                phrase(
                    "--format: there is no {one!r}; there are: {named}",
                    one=one,
                    named=", ".join(known),
                )
            )


def write_letter(
    acting: ActingOfficer, facts: LetterFacts, out: Path, languages: Sequence[str],
    endings: Sequence[str], *, is_notice: bool = False,
) -> list[Path]:  # fmt: skip
    """Write the approved letter, or the notice that the other side is owed, into a folder.

    StepRefusedError where the request is not approved, or the other side knows all.
    """
    check_endings(endings, is_notice=is_notice)
    if not is_notice:
        check_approved(facts.request)
    made = [notice_of(facts, one) if is_notice else letter(facts, one) for one in languages]
    files = files_of(made, [one for one in endings if one != XML])
    if XML in endings:
        pairs = zip(made, languages, strict=True)
        files |= {f"{one.name}.{XML}": as_xml(facts, language) for one, language in pairs}
    check_all_free(out, files)
    recovery_id = facts.file.recovery.id
    note_files(acting, recovery_id, DisclosureKind.DOCUMENTS, ", ".join(files), files)
    return write_files(out, files)
