"""camt.056 as it is written, camt.029 and pacs.004 as they are read: by element, never guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from lxml import etree

from models.facts import AccountRef, RecallVerdict, ReturnFact
from models.money import Money
from recovery_flows.intake.recall_messages import MessageRefusedError, read_message
from recovery_flows.recalls import message
from tests.recall_messages import UETR, answered, returned

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
PAYMENT = message.Payment(
    amount=Money(100_000, "CNY"),
    paid_on=date(2026, 3, 2),
    payer=AccountRef("SYNTCNBJXXX", "9999000000000002", "Synthetic Victim"),
    payee=AccountRef("bank-home", "GB33BUKB20201555555555", "Synthetic Mule"),
    end_to_end_id="E1",
    uetr=UETR,
    original_message="MSG-1",
    instruction_id="INS-1",
)
# Element, its children in the order of camt.056.001.08; "?" may be left out.
ORDER = {
    "FIToFIPmtCxlReq": ("Assgnmt", "Case", "Undrlyg"),
    "Assgnmt": ("Id", "Assgnr", "Assgne", "CreDtTm"),
    "Case": ("Id", "Cretr"),
    "TxInf": (
        "CxlId", "OrgnlGrpInf?", "OrgnlInstrId?", "OrgnlEndToEndId?", "OrgnlUETR?",
        "OrgnlIntrBkSttlmAmt", "OrgnlIntrBkSttlmDt", "CxlRsnInf", "OrgnlTxRef",
    ),
    "OrgnlGrpInf": ("OrgnlMsgId", "OrgnlMsgNmId"),
    "CxlRsnInf": ("Orgtr", "Rsn"),
    "OrgnlTxRef": ("DbtrAcct", "DbtrAgt", "CdtrAgt", "CdtrAcct"),
}  # fmt: skip
LONGEST = {"Id": 35, "CxlId": 35, "Nm": 140, "OrgnlMsgId": 35, "OrgnlInstrId": 35}


def written(payment: message.Payment = PAYMENT) -> Any:
    raw = message.camt056(payment, "RC0123456789ABCDEF", "FRAD", "Synthetic Unit", NOW)
    return etree.fromstring(raw)


def local(element: Any) -> str:
    return str(etree.QName(element).localname)


@pytest.mark.parametrize(
    "payment",
    [PAYMENT, message.Payment(
        amount=Money(1, "EUR"), paid_on=date(2026, 1, 1), payer=PAYMENT.payer,
        payee=PAYMENT.payee, end_to_end_id="E1",
    )],
    ids=["whole", "least"],
)  # fmt: skip
def test_a_recall_has_the_elements_of_its_message_in_their_order(payment: message.Payment) -> None:
    root = written(payment)
    assert root.tag == f"{{{message.NAMESPACE}}}Document"
    for element in root.iter():
        names = [local(child) for child in element]
        wanted = ORDER.get(local(element))
        if wanted is not None:
            known = [name.rstrip("?") for name in wanted]
            assert names == [name for name in known if name in names]
            assert {n for n in wanted if not n.endswith("?")} <= set(names)
        if not len(element):
            assert element.text
            assert len(element.text) <= LONGEST.get(local(element), 140)


def test_the_same_payment_gives_the_same_bytes_and_says_what_is_asked() -> None:
    raw = message.camt056(PAYMENT, "RC0", "FRAD", "Synthetic Unit", NOW)
    assert raw == message.camt056(PAYMENT, "RC0", "FRAD", "Synthetic Unit", NOW)
    text = raw.decode()
    for part in (
        '<OrgnlIntrBkSttlmAmt Ccy="CNY">1000.00</OrgnlIntrBkSttlmAmt>',
        "<OrgnlIntrBkSttlmDt>2026-03-02</OrgnlIntrBkSttlmDt>",
        "<BICFI>SYNTCNBJXXX</BICFI>",
        "<IBAN>GB33BUKB20201555555555</IBAN>",
        f"<OrgnlUETR>{UETR}</OrgnlUETR>",
        "<Cd>FRAD</Cd>",
    ):
        assert part in text
    assert "Synthetic Victim" not in text
    assert "Synthetic Mule" not in text


def test_a_name_of_signs_stays_a_name() -> None:
    raw = message.camt056(PAYMENT, "RC0", "FRAD", "Unit <&> \u5355\u4f4d", NOW)
    found = etree.fromstring(raw).findall(".//{*}Nm")
    assert {e.text for e in found} == {"Unit <&> \u5355\u4f4d"}


# status of the transaction, of the whole, the bank's reason -> verdict
ANSWERS = """
ACCR -    -    -> accepted
ACCR PECR AM04 -> part
PACR -    -    -> part
RJCR -    CUST -> rejected
RJCR RJCR AC04 -> rejected
PDCR -    ARPL -> pending
"""


@pytest.mark.parametrize("row", ANSWERS.strip().splitlines())
def test_an_answer_says_what_its_codes_say(row: str) -> None:
    given, _, verdict = row.partition("-> ")
    status, conf, code = ("" if word == "-" else word for word in given.split())
    (fact,) = read_message(answered(status, code, conf=conf, case="RC1", e2e="E1"))
    assert fact.verdict == RecallVerdict(verdict)
    assert fact.code == code
    assert (fact.refs.uetr, fact.refs.end_to_end_id, fact.refs.case_ids) == (UETR, "E1", ("RC1",))


def test_a_return_says_the_sum_what_was_kept_and_its_day() -> None:
    (fact,) = read_message(returned("480.00", costs="20.00", info="AT-05/RC1"))
    assert isinstance(fact, ReturnFact)
    assert (fact.amount, fact.costs) == (Money(48_000, "CNY"), Money(2_000, "CNY"))
    assert fact.settled_on == datetime(2026, 3, 2, tzinfo=UTC)
    assert (fact.booking, fact.code) == ("RTR-1", "FOCR")
    assert "RC1" in fact.refs.case_ids


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"nothing", "is no XML"),
        (b"", "is no XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "has a DOCTYPE"),
        (b"<Document><CstmrCdtTrfInitn/></Document>", "camt.029 and pacs.004 are read"),
        (answered("MAYBE"), "has 'MAYBE' in TxCxlSts; read are: ACCR, PACR, PDCR, RJCR"),
        (answered(""), "has no Sts/Conf"),
        (returned("1,000.00"), "is no amount of money"),
        (returned("1000.001"), "RtrdIntrBkSttlmAmt"),
        (returned("10.00", "XXQ"), "RtrdIntrBkSttlmAmt"),
        (returned("10.00", day="02.03.2026"), "is no day"),
        (returned("10.00").replace(b"RtrdIntrBkSttlmAmt", b"Other"), "has no RtrdIntrBkSttlmAmt"),
        (b"<a>" * 300 + b"</a>" * 300, "is no XML"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_the_element(raw: bytes, sentence: str) -> None:
    with pytest.raises(MessageRefusedError, match=sentence):
        read_message(raw)
