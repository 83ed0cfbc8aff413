"""A document that a row names by its digest is there, or it is named."""

from __future__ import annotations

from typing import Any

from models.queries.audit.verify import FindingKind, verify


def test_a_removed_document_is_named_with_the_statement_that_was_read_from_it(unit: Any) -> None:
    unit.traced()
    digest = unit.one("SELECT document_digest FROM statement")
    assert verify(unit.database) == ()
    unit.tamper(f"DELETE FROM document WHERE digest = '{digest}'")
    by_reference, by_count = verify(unit.database)
    assert (by_reference.kind, by_reference.subject_id) == (FindingKind.CHANGED_EVIDENCE, digest)
    assert "of the statement stmt-" in by_reference.sentence
    assert by_count.sentence == "document has 0 rows and 1 were counted: some were removed"
