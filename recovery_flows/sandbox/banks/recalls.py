"""What the banks on the way of a payment answer to its recall: camt.029 and pacs.004 as bytes.

Read from the camt.056 alone, written by this sandbox's own code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from xml.sax.saxutils import escape

from lxml import etree

from recovery_flows.sandbox.arithmetic import minor_of, text_of

_HEAD = "<?xml version='1.0' encoding='UTF-8'?>\n"
_DAY = timedelta(days=1)
_BANK = "<Agt><FinInstnId><Nm>Synthetic Bank on the Way</Nm></FinInstnId></Agt>"
_UNIT = "<Pty><Nm>Synthetic Unit</Nm></Pty>"
COSTS_MINOR = 2_000
"""What the banks keep where a recall comes back after costs."""


class Behaviour(StrEnum):
    """What comes of a recall; LATE: a word first, the money after weeks; TWICE: sent again."""

    ACCEPT = "accept"
    PART = "part"
    REJECT = "reject"
    LATE = "late"
    TWICE = "twice"
    AFTER_COSTS = "after_costs"
    PART_AFTER_COSTS = "part_after_costs"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Message:
    """One message and how long after the recall it comes."""

    after: timedelta
    kind: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Asked:
    case: str
    uetr: str
    end_to_end_id: str
    minor: int
    currency: str
    at: datetime


def _moment(asked: _Asked, days: int) -> str:
    return f"{asked.at + days * _DAY:%Y-%m-%dT%H:%M:%SZ}"


def answers(
    recall: bytes, behaviour: Behaviour, at: datetime, *, percent: int = 40, code: str = "CUST"
) -> tuple[Message, ...]:
    """What comes back on a camt.056 that was sent at `at`, by time; `percent` is what a part is.

    ValueError where the message asks for no payment.
    """
    asked = _read(recall, at)
    whole, part = asked.minor, asked.minor * percent // 100
    match behaviour:
        case Behaviour.SILENT:
            return ()
        case Behaviour.REJECT:
            return (_answer(asked, 2, "RJCR", "RJCR", code),)
        case Behaviour.ACCEPT:
            return (_answer(asked, 1, "CNCL", "ACCR"), _money(asked, 3, whole))
        case Behaviour.AFTER_COSTS:
            kept = min(COSTS_MINOR, whole // 2)
            return (_answer(asked, 1, "CNCL", "ACCR"), _money(asked, 3, whole - kept, kept))
        case Behaviour.LATE:
            return (
                _answer(asked, 1, "PDCR", "PDCR", "ARPL"), _answer(asked, 30, "CNCL", "ACCR"),
                _money(asked, 40, whole),
            )  # fmt: skip
        case Behaviour.PART_AFTER_COSTS:
            kept = min(COSTS_MINOR, part // 2)
            return (_answer(asked, 2, "PECR", "ACCR", "AM04"), _money(asked, 4, part - kept, kept))
        case Behaviour.PART | Behaviour.TWICE:
            money = _money(asked, 4, part)
            again = (money,) if behaviour is Behaviour.TWICE else ()
            return (_answer(asked, 2, "PECR", "ACCR", "AM04"), money, *again)


def _read(recall: bytes, at: datetime) -> _Asked:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(recall, parser)

    def text(name: str) -> str:
        found = root.find(f".//{{*}}{name}")
        return (found.text or "") if found is not None else ""

    amount = root.find(".//{*}OrgnlIntrBkSttlmAmt")
    if amount is None or not text("CxlId"):
        raise ValueError("the message recalls no payment: it has no CxlId or no amount")
    currency = amount.get("Ccy", "")
    minor = minor_of(amount.text or "", currency)
    return _Asked(text("CxlId"), text("OrgnlUETR"), text("OrgnlEndToEndId"), minor, currency, at)


def _names(asked: _Asked) -> str:
    end = escape(asked.end_to_end_id)
    named = f"<OrgnlEndToEndId>{end}</OrgnlEndToEndId>" if end else ""
    return named + (f"<OrgnlUETR>{escape(asked.uetr)}</OrgnlUETR>" if asked.uetr else "")


def _answer(asked: _Asked, days: int, whole: str, status: str, code: str = "") -> Message:
    why = f"<CxlStsRsnInf><Rsn><Cd>{code}</Cd></Rsn></CxlStsRsnInf>" if code else ""
    case = escape(asked.case)
    raw = (
        f'{_HEAD}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.09">'
        f"<RsltnOfInvstgtn><Assgnmt><Id>A{days}-{case}</Id><Assgnr>{_BANK}</Assgnr>"
        f"<Assgne>{_UNIT}</Assgne><CreDtTm>{_moment(asked, days)}</CreDtTm></Assgnmt>"
        f"<RslvdCase><Id>{case}</Id><Cretr>{_UNIT}</Cretr></RslvdCase><Sts><Conf>{whole}</Conf></Sts>"
        f"<CxlDtls><TxInfAndSts>{_names(asked)}<TxCxlSts>{status}</TxCxlSts>{why}</TxInfAndSts>"
        "</CxlDtls></RsltnOfInvstgtn></Document>\n"
    )
    return Message(days * _DAY, "camt.029", raw.encode())


def _money(asked: _Asked, days: int, minor: int, kept_minor: int = 0) -> Message:
    currency, case = asked.currency, escape(asked.case)
    costs = ""
    if kept_minor:
        kept = text_of(kept_minor, currency)
        costs = f'<ChrgsInf><Amt Ccy="{currency}">{kept}</Amt>{_BANK}</ChrgsInf>'
    asked_for, paid = text_of(asked.minor, currency), text_of(minor, currency)
    raw = (
        f'{_HEAD}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.004.001.09"><PmtRtr>'
        f"<GrpHdr><MsgId>M-{case}</MsgId><CreDtTm>{_moment(asked, days)}</CreDtTm>"
        f"<NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>"
        f"<TxInf><RtrId>R-{case}</RtrId>{_names(asked)}"
        f'<OrgnlIntrBkSttlmAmt Ccy="{currency}">{asked_for}</OrgnlIntrBkSttlmAmt>'
        f'<RtrdIntrBkSttlmAmt Ccy="{currency}">{paid}</RtrdIntrBkSttlmAmt>'
        f"<IntrBkSttlmDt>{_moment(asked, days)[:10]}</IntrBkSttlmDt>{costs}"
        f"<RtrRsnInf><Rsn><Cd>FOCR</Cd></Rsn><AddtlInf>AT-05/{case}</AddtlInf></RtrRsnInf>"
        "</TxInf></PmtRtr></Document>\n"
    )
    return Message(days * _DAY, "pacs.004", raw.encode())
