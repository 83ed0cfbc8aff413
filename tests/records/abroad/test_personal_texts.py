"""A text with a name in it is masked on every page, whether it was let stand or nobody knew it."""

from __future__ import annotations

import pytest

from models.store.accounts import account_id_of, correct_holder
from models.store.unit import unit_of_work
from recovery_flows.cases.pages.requests import page as page_of_all
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.cli.page_text import page_lines
from recovery_flows.correspondence.free_text import UNDECIDED, Decided
from recovery_flows.correspondence.personal_texts import PersonalTexts
from recovery_flows.cross_border import actions
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import FOREIGN, Abroad
from tests.records.abroad.test_board import told, view_of

FIELD = "personal_data_export_reference"
LET_STAND = Decided(kept={FIELD: "the ministry numbers it so"})
KNOWN, LATER = "SYN-1 of Invented Victim 1", "SYN-1 of Late Witness"


def fill(abroad: Abroad, name: str, text: str, decided: Decided = UNDECIDED) -> None:
    abroad.unit.case_officer().advance(
        abroad.recovery_id, to=name, fields={FIELD: text}, decided=decided, only_fills=True
    )


def learn(abroad: Abroad) -> None:
    """Somebody finds out that the account abroad is held by a man of that name."""
    with unit_of_work(abroad.unit.database) as work:
        correct_holder(work, account_id_of(work, FOREIGN), "Late Witness")


@pytest.mark.parametrize("is_let_stand", [True, False])
def test_a_text_with_a_name_in_it_is_masked_on_the_pages_of_its_request_and_its_recovery(
    abroad: Abroad, *, is_let_stand: bool
) -> None:
    name, unit = abroad.new(), abroad.unit
    if is_let_stand:
        fill(abroad, name, KNOWN, LET_STAND)
    else:
        fill(abroad, name, LATER)
        assert LATER in told(abroad, name)
        learn(abroad)
    text = told(abroad, name)
    assert (KNOWN not in text, LATER not in text) == (True, True)
    page = recovery_page(unit.database, unit.laws, abroad.recovery_id, unit.now)
    assert dict(page.requests[0].fields)[FIELD] == "given (personal)"
    refused = [mark.field for mark in view_of(abroad, name).marks]
    assert refused == ([] if is_let_stand else [FIELD])


def test_versions_side_by_side_mask_a_text_that_was_let_stand_and_say_that_it_changed(
    abroad: Abroad,
) -> None:
    name, unit = abroad.out("mla", wanted="information"), abroad.unit
    abroad.says(name, "refused", ground="DUAL_CRIM")
    actions.choose(
        unit.case_officer(),
        abroad.recovery_id,
        name,
        "cure_and_resend",
        "as written",
        CHANNELS,
        None,
    )
    again = next(r.id for r in unit.file(abroad.recovery_id).requests if r.replaces_id == name)
    fill(abroad, again, KNOWN, LET_STAND)
    assert KNOWN not in told(abroad, again)
    file, law = unit.file(abroad.recovery_id), unit.laws["CN"]
    with unit.database.reading() as session:
        texts = PersonalTexts.of(session, unit.database.vault, file, law.data_classes)
    fields = {name: {FIELD: "SYN-1"}, again: {FIELD: KNOWN}}
    rows = list(file.requests)
    page = page_of_all(
        file, rows, CHANNELS, unit.now, law.time_zone, fields, texts.holds_or_is_free
    )
    shown = "\n".join(page_lines(page))
    assert KNOWN not in shown
    assert FIELD in shown
    assert "given (personal)" in shown
