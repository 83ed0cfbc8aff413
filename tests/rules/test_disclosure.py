"""The privacy gate: what needs which approval, and what personal data in free text is found."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from recovery_flows.cross_border.disclosure import approvals_needed, class_of, marks
from tests.rules.test_channels import LAWS

CHINA, BRITAIN = LAWS["CN"], LAWS["GB"]
CLASSES = CHINA.data_classes


def test_data_for_a_foreign_body_needs_the_authoritys_consent_and_personal_data_one_more() -> None:
    only_case = approvals_needed(CHINA, "authority", ["case_nature"])
    assert [a.rule for a in only_case] == ["CN_CONSENT_ABROAD"]
    with_account = approvals_needed(CHINA, "authority", ["case_nature", "account"])
    assert [(a.rule, a.reference_field, a.because_of) for a in with_account] == [
        ("CN_CONSENT_ABROAD", "central_authority_reference", ("case_nature", "account")),
        ("CN_PERSONAL_DATA_ABROAD", "personal_data_export_reference", ("account",)),
    ]
    assert "art 36 and art 41" in with_account[1].source


def test_a_bank_gets_sums_without_an_approval_and_an_account_only_with_one() -> None:
    assert approvals_needed(CHINA, "bank", ["amount", "uetr"]) == ()
    assert [a.rule for a in approvals_needed(CHINA, "bank", ["amount", "account"])] == [
        "CN_PERSONAL_DATA_ABROAD"
    ]


def test_a_law_without_rules_of_disclosure_asks_for_no_approval() -> None:
    assert approvals_needed(BRITAIN, "authority", ["account", "persons"]) == ()


def test_a_field_that_no_class_names_is_taken_for_free_text() -> None:
    assert class_of("something_new", CLASSES) == "free_text"
    (needed,) = approvals_needed(CHINA, "bank", ["something_new"])
    assert needed.rule == "CN_PERSONAL_DATA_ABROAD"


PLANTED = """
the suspect has 11010519491231002X          | number       | …002X
call +86 138 0013 8000 at once              | number       | …8000
paid to 6222020200112233445.                | number       | …3445
(010) 6666 7777 8 answers                   | number       | …77 8
to DE89 3704 0044 0532 0130 00 in March     | account      | …0 00
to GB29NWBK60161331926819                   | account      | …6819
write to someone@example.org                | mail address | ….org
as Synthetic Victim has said                | name         | S**
as SYNTHETIC VICTIM has said                | name         | S**
合成受害人已报案                                | name         | 合**
"""


@pytest.mark.parametrize("line", PLANTED.strip().splitlines())
def test_a_planted_number_address_or_name_is_found_and_shown_masked(line: str) -> None:
    text, what, masked = (part.strip() for part in line.split("|"))
    names = ("Synthetic Victim", "合成受害人")
    (mark,) = marks({"facts": text}, CLASSES, names)
    assert (mark.field, mark.what, mark.masked) == ("facts", what, masked)
    assert text[mark.start : mark.end].strip()


@pytest.mark.parametrize(
    "text",
    [
        "1 claim(s) (claim-12345678901234567890); of these CNY 1,000,000.00 traced",
        "paid on 2026-03-02 13:00:00 and again on 2026-03-03",
        "case SYN-2026-00012345 under art 390/12345678",
        "about 12345678.90 in all, 1,234,567,890 units",
        "CNY 52000.00 within 72 hours",
        "",
    ],
)
def test_days_sums_and_references_are_no_personal_data(text: str) -> None:
    assert marks({"facts": text}, CLASSES, ("Synthetic Victim",)) == ()


def test_a_field_made_for_personal_data_is_not_searched() -> None:
    assert marks({"account": "6222020200112233445", "persons": "Ann"}, CLASSES, ("Ann",)) == ()


@given(
    before=st.text(st.characters(categories=["Lu", "Ll", "Zs"]), max_size=20),
    number=st.from_regex(r"[1-9]\d{10,18}", fullmatch=True),
    after=st.text(st.characters(categories=["Lu", "Ll", "Zs"]), max_size=20),
)
def test_no_number_of_eleven_digits_and_more_passes_between_blanks(
    before: str, number: str, after: str
) -> None:
    found = marks({"facts": f"{before} {number} {after}"}, CLASSES)
    assert any(number[-4:] in mark.masked for mark in found)
