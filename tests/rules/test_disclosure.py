"""The privacy gate: what needs which approval, and what personal data in free text is found."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from models.privacy.personal_data import Known, personal_data, struck
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


KNOWN = Known(
    names=("Synthetic Victim", "合成受害人"), accounts=("443322",), contacts=("@invented_chat",)
)
PLANTED = """
the suspect has 11010519491231002X          | ID number    | …002X
his ID is 110105 19491231 002x, he says     | ID number    | …002x
身份证110105194912310021号                      | number       | …0021
call +86 138 0013 8000 at once              | phone number | …8000
他的手机１３８００１３８０００                           | phone number | …８０００
(010) 6666 7777 8 answers                   | phone number | …77 8
paid to 4111 1111 1111 1111 at noon         | card number  | …1111
paid to 6222020200112233445.                | number       | …3445
to DE89 3704 0044 0532 0130 00 in March     | IBAN         | …0 00
to GB29NWBK60161331926819                   | IBAN         | …6819
to GB28NWBK60161331926819                   | number       | …6819
write to someone@example.org                | mail address | ….org
as Synthetic Victim has said                | name         | S**
as SYNTHETIC VICTIM has said                | name         | S**
as Victim, Synthetic has said               | name         | V**
kept on 4433-22 at the desk                 | account      | …3-22
he is @invented_chat there                  | contact      | …chat
合成受害人已报案                                | name         | 合**
"""


@pytest.mark.parametrize("line", PLANTED.strip().splitlines())
def test_a_planted_number_address_or_name_is_found_and_shown_masked(line: str) -> None:
    text, what, masked = (part.strip() for part in line.split("|"))
    (mark,) = marks({"facts": text}, CLASSES, KNOWN)
    assert (mark.field, mark.what, mark.masked) == ("facts", what, masked)
    without = struck(text, [mark.found])
    assert f"[{what} struck]" in without
    assert marks({"facts": without}, CLASSES, KNOWN) == ()


HIDDEN = (
    "1380\u200b0138000", "\u202a13800138000\u202c", "tel13800138000", "9999.0000.0000.0001",
    "9999/0000/0000/0001", "gb82west12345698765432", "王 伟", "王\u200b伟", "Invented-Victim",
    "Ｉnvented Ｖictim",
)  # fmt: skip


@pytest.mark.parametrize("text", HIDDEN)
def test_what_is_known_is_found_and_struck_however_it_is_spelled(text: str) -> None:
    known = Known(("王伟", "Invented Victim"), ("9999000000000001",), ("13800138000",))
    found = personal_data(f"on 2026-03-02, 说 {text}, loss 1000.00", known)
    assert len(found) == 1
    left = struck(f"on 2026-03-02, 说 {text}, loss 1000.00", found)
    assert left.startswith("on 2026-03-02, 说 ")
    assert "struck" in left
    assert left.endswith(", loss 1000.00")
    assert not personal_data(left, known)


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
    assert marks({"facts": text}, CLASSES, KNOWN) == ()


def test_a_field_made_for_personal_data_is_not_searched() -> None:
    fields = {"account": "6222020200112233445", "persons": "Synthetic Victim"}
    assert marks(fields, CLASSES, KNOWN) == ()


def test_in_a_field_of_the_case_or_the_money_a_reference_stays_and_a_person_is_found() -> None:
    fields = {"reference": "2026030212345678", "confidentiality": "ask someone@example.org"}
    (mark,) = marks(fields, CLASSES, KNOWN)
    assert (mark.field, mark.what) == ("confidentiality", "mail address")
    (mark,) = marks({"reference": "of Synthetic Victim"}, CLASSES, KNOWN)
    assert mark.what == "name"


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
