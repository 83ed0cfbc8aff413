"""A camt.056 written: one payment asked back for fraud, as the victim's bank sends it on.

The elements and their order are those of camt.056.001.08. The same values give the same bytes:
what a second person approves is their digest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from lxml import etree

from models.facts import AccountRef
from models.language.phrase import phrase
from models.money import Money
from recovery_flows.errors import MisuseError

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.056.001.08"
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_UETR = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_ID_MAX, _NAME_MAX = 35, 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """The payment that is asked back, by the names that its banks know it by."""

    amount: Money
    paid_on: date
    payer: AccountRef
    payee: AccountRef
    end_to_end_id: str
    uetr: str = ""
    original_message: str = ""
    instruction_id: str = ""


def given_fields(payment: Payment) -> frozenset[str]:
    """Which fields of a channel a recall of this payment fills."""
    told = {"recall_reason", "case_number", "sending_bank", "beneficiary_bank", "amount",
            "currency", "paid_at", "account"}  # fmt: skip
    told |= {"uetr"} if payment.uetr else set()
    told |= {"end_to_end_id"} if payment.end_to_end_id else set()
    told |= {"original_message"} if payment.original_message else set()
    told |= {"original_instruction_id"} if payment.instruction_id else set()
    return frozenset(told)


def check(payment: Payment) -> None:
    """MisuseError names the reference that no bank could have given."""
    if payment.uetr and not _UETR.fullmatch(payment.uetr):
        raise MisuseError(phrase(
            "--uetr {told!r} is no UETR: it has 36 characters as in "
            "8a562c67-ca16-48ba-b074-65581be6f001",
            told=payment.uetr[:40],
        ))  # fmt: skip
    for option, text in (
        ("--original-message", payment.original_message),
        ("--instruction-id", payment.instruction_id),
    ):
        if len(text) > _ID_MAX:
            raise MisuseError(
                phrase("{option} is longer than {id_max} characters", option=option, id_max=_ID_MAX)
            )


def camt056(payment: Payment, case_ref: str, reason: str, sender: str, now: datetime) -> bytes:
    """The message as UTF-8 XML; `case_ref` is the id that every answer is to carry."""
    document = etree.Element("Document", nsmap={None: NAMESPACE})
    request = _add(document, "FIToFIPmtCxlReq")
    head = _add(request, "Assgnmt")
    _add(head, "Id", case_ref)
    _party(_add(head, "Assgnr"), sender)
    _agent(_add(_add(head, "Assgne"), "Agt"), payment.payer.bank)
    _add(head, "CreDtTm", f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    case = _add(request, "Case")
    _add(case, "Id", case_ref)
    _party(_add(case, "Cretr"), sender)
    one = _add(_add(request, "Undrlyg"), "TxInf")
    _add(one, "CxlId", case_ref)
    if payment.original_message:
        group = _add(one, "OrgnlGrpInf")
        _add(group, "OrgnlMsgId", payment.original_message)
        _add(group, "OrgnlMsgNmId", "pacs.008")
    for name, text in (
        ("OrgnlInstrId", payment.instruction_id),
        ("OrgnlEndToEndId", payment.end_to_end_id),
        ("OrgnlUETR", payment.uetr),
    ):
        if text:
            _add(one, name, text)
    _add(one, "OrgnlIntrBkSttlmAmt", payment.amount.text(), Ccy=payment.amount.currency)
    _add(one, "OrgnlIntrBkSttlmDt", payment.paid_on.isoformat())
    _reason(one, reason, sender)
    _original(one, payment)
    return bytes(
        etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    )


def _reason(one: etree._Element, reason: str, sender: str) -> None:
    info = _add(one, "CxlRsnInf")
    _add(_add(info, "Orgtr"), "Nm", sender[:_NAME_MAX])
    _add(_add(info, "Rsn"), "Cd", reason)


def _original(one: etree._Element, payment: Payment) -> None:
    """The accounts on both sides, without which a bank that has no reference finds nothing."""
    original = _add(one, "OrgnlTxRef")
    _account(_add(original, "DbtrAcct"), payment.payer.number)
    _agent(_add(original, "DbtrAgt"), payment.payer.bank)
    _agent(_add(original, "CdtrAgt"), payment.payee.bank)
    _account(_add(original, "CdtrAcct"), payment.payee.number)


def _account(parent: etree._Element, number: str) -> None:
    name = _add(parent, "Id")
    if _IBAN.fullmatch(number):
        _add(name, "IBAN", number)
    else:
        _add(_add(name, "Othr"), "Id", number[:34])


def _agent(parent: etree._Element, bank: str) -> None:
    name = _add(parent, "FinInstnId")
    if _BIC.fullmatch(bank):
        _add(name, "BICFI", bank)
    else:
        _add(_add(name, "Othr"), "Id", bank[:_ID_MAX])


def _party(parent: etree._Element, name: str) -> None:
    _add(_add(parent, "Pty"), "Nm", name[:_NAME_MAX])


def _add(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str
) -> etree._Element:
    element = etree.SubElement(parent, name, attributes)
    element.text = text
    return element
