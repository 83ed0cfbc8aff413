"""Messages of invented banks about a recall, and the acts that a recall begins with."""

from __future__ import annotations

from typing import Any

from recovery_flows.cli.case.channels import border_channels, state_groups
from recovery_flows.recalls import actions, answer_actions

UETR = "8a562c67-ca16-48ba-b074-65581be6f001"
CHANNELS = border_channels(state_groups())
_XML = "<?xml version='1.0' encoding='UTF-8'?>\n"


def answered(
    status: str, code: str = "", *, uetr: str = UETR, case: str = "", conf: str = "", e2e: str = ""
) -> bytes:
    """A camt.029; `status` is that of the transaction, `conf` that of the whole."""
    why = f"<CxlStsRsnInf><Rsn><Cd>{code}</Cd></Rsn></CxlStsRsnInf>" if code else ""
    ids = (f"<OrgnlEndToEndId>{e2e}</OrgnlEndToEndId>" if e2e else "") + (
        f"<OrgnlUETR>{uetr}</OrgnlUETR>" if uetr else ""
    )
    known = f"<RslvdCase><Id>{case}</Id></RslvdCase>" if case else ""
    whole = f"<Sts><Conf>{conf}</Conf></Sts>" if conf else ""
    return (
        f'{_XML}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.09">'
        f"<RsltnOfInvstgtn><Assgnmt><Id>ANS-1</Id></Assgnmt>{known}{whole}"
        f"<CxlDtls><TxInfAndSts>{ids}<TxCxlSts>{status}</TxCxlSts>{why}</TxInfAndSts></CxlDtls>"
        "</RsltnOfInvstgtn></Document>"
    ).encode()


def returned(
    amount: str, currency: str = "CNY", *, booking: str = "RTR-1", costs: str = "",
    uetr: str = UETR, info: str = "", day: str = "2026-03-02", original: str = "1000.00",
) -> bytes:  # fmt: skip
    """A pacs.004 of one return."""
    kept = f'<ChrgsInf><Amt Ccy="{currency}">{costs}</Amt></ChrgsInf>' if costs else ""
    name = f"<OrgnlUETR>{uetr}</OrgnlUETR>" if uetr else ""
    told = f"<AddtlInf>{info}</AddtlInf>" if info else ""
    return (
        f'{_XML}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.004.001.09"><PmtRtr><GrpHdr>'
        f"<MsgId>M-{booking}</MsgId></GrpHdr><TxInf><RtrId>{booking}</RtrId>{name}"
        f'<OrgnlIntrBkSttlmAmt Ccy="CNY">{original}</OrgnlIntrBkSttlmAmt>'
        f'<RtrdIntrBkSttlmAmt Ccy="{currency}">{amount}</RtrdIntrBkSttlmAmt>'
        f"<IntrBkSttlmDt>{day}</IntrBkSttlmDt>{kept}"
        f"<RtrRsnInf><Rsn><Cd>FOCR</Cd></Rsn>{told}</RtrRsnInf></TxInf></PmtRtr></Document>"
    ).encode()


def drafted(unit: Any, recovery_id: str, **more: str) -> str:
    """A recall of the only claim's payment waits for its approval; its id."""
    given = {
        "channel": "swift_recall", "uetr": UETR, "original_message": "MSG-1",
        "instruction_id": "INS-1", **more,
    }  # fmt: skip
    actions.draft(
        unit.case_officer(), recovery_id, actions.Given(**given), CHANNELS, "Synthetic Unit"
    )
    return str(unit.file(recovery_id).recalls[-1].id)


def sent(unit: Any, recovery_id: str) -> str:
    """The last recall, approved, goes to the victim's bank; its id."""
    name = str(unit.file(recovery_id).recalls[-1].id)
    actions.sent(unit.case_officer(), recovery_id, name, "handed to the bank's desk", CHANNELS)
    return name


def take(unit: Any, raw: bytes, recall_id: str = "", *, further: bool = False) -> str:
    """What an officer is told who hands in a bank's message."""
    told = answer_actions.take_message(
        unit.case_officer(), raw, "answer.xml", CHANNELS, recall_id, is_further=further
    )
    return "; ".join(told)
