"""camt.029 and pacs.004 of any version: what banks answer to a recall, and the money they return.

Elements are found by local name below the one transaction that they belong to. What is not in the
closed lists is refused with the name of the element, and never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from models.facts import PaymentRefs, RecallAnswerFact, RecallVerdict, ReturnFact
from models.language.phrase import error_sentence, phrase
from models.money import Money

BYTES_MAX = 4_000_000
_TEXT_MAX = 140
_AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,5})?")
_UETR = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_OF_TRANSACTION: Mapping[str, RecallVerdict] = {
    "ACCR": RecallVerdict.ACCEPTED, "RJCR": RecallVerdict.REJECTED,
    "PDCR": RecallVerdict.PENDING, "PACR": RecallVerdict.PART,
}  # fmt: skip
_OF_MESSAGE: Mapping[str, RecallVerdict] = {
    "CNCL": RecallVerdict.ACCEPTED, "PECR": RecallVerdict.PART, "RJCR": RecallVerdict.REJECTED,
    "PDCR": RecallVerdict.PENDING, "PDNG": RecallVerdict.PENDING, "CWFW": RecallVerdict.PENDING,
    "UWFW": RecallVerdict.PENDING, "FTNA": RecallVerdict.PENDING,
}  # fmt: skip


class MessageRefusedError(ValueError):
    """A message that cannot be read; the text continues the sentence after the file's name."""


def read_message(raw: bytes) -> tuple[RecallAnswerFact | ReturnFact, ...]:
    """What a camt.029 or a pacs.004 says, one fact for each payment in it.

    MessageRefusedError: not XML, a DOCTYPE, another message, an element that is missing or has a
    value that its list does not know.
    """
    root = _parsed(raw)
    found: list[RecallAnswerFact | ReturnFact] = []
    for message in _all(root, "RsltnOfInvstgtn"):
        found += _answers(message)
    for message in _all(root, "PmtRtr"):
        found += [_returned(one, message) for one in _all(message, "TxInf")]
    if not found:
        raise MessageRefusedError(
            phrase("has no answer to a recall and no return in it: camt.029 and pacs.004 are read")
        )
    return tuple(found)


def _parsed(raw: bytes) -> Any:  # noqa: ANN401 - lxml has no types of its own
    if len(raw) > BYTES_MAX:
        raise MessageRefusedError(
            phrase("is larger than {most} MB: no bank sends that", most=BYTES_MAX // 1_000_000)
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MessageRefusedError(
            phrase("is no XML: ask the bank for the message again")
        ) from error
    if root.getroottree().docinfo.doctype:
        raise MessageRefusedError(phrase("has a DOCTYPE: ask the bank for a message without one"))
    return root


def _answers(message: Any) -> list[RecallAnswerFact]:  # noqa: ANN401
    case = [text for text in (_text(message, "RslvdCase", "Id"), _text(message, "Case", "Id"))
            if text]  # fmt: skip
    whole = _text(message, "Sts", "Conf")
    singles = _all(message, "TxInfAndSts")
    if not singles:
        verdict = _verdict(_OF_MESSAGE, whole, "Sts/Conf")
        code = _reason(message, "CxlStsRsnInf")
        return [RecallAnswerFact(PaymentRefs("", "", tuple(case), None), verdict, code)]
    found = []
    for one in singles:
        own = _text(one, "TxCxlSts")
        verdict = (
            _verdict(_OF_TRANSACTION, own, "TxCxlSts")
            if own
            else _verdict(_OF_MESSAGE, whole, "Sts/Conf")
        )
        if verdict is RecallVerdict.ACCEPTED and whole == "PECR":
            verdict = RecallVerdict.PART
        ids = [*case, _text(one, "RslvdCase", "Id"), _text(one, "OrgnlCxlId")]
        found.append(RecallAnswerFact(_refs(one, ids), verdict, _reason(one, "CxlStsRsnInf")))
    return found


def _verdict(known: Mapping[str, RecallVerdict], code: str, where: str) -> RecallVerdict:
    if not code:
        raise MessageRefusedError(
            phrase("has no {where}: ask the bank what it decided", where=where)
        )
    if code not in known:
        told = ", ".join(sorted(known))
        raise MessageRefusedError(
            phrase("has {code!r} in {where}; read are: {told}", code=code, where=where, told=told)
        )
    return known[code]


def _returned(one: Any, message: Any) -> ReturnFact:  # noqa: ANN401
    amount = _amount(one, "RtrdIntrBkSttlmAmt")
    if amount is None:
        raise MessageRefusedError(
            phrase("has no RtrdIntrBkSttlmAmt: it says of no sum that it came back")
        )
    booking = _text(one, "RtrId") or _text(message, "GrpHdr", "MsgId")
    if not booking:
        raise MessageRefusedError(
            phrase("has neither RtrId nor GrpHdr/MsgId: no return can be told apart")
        )
    day = _text(one, "IntrBkSttlmDt") or _text(message, "GrpHdr", "IntrBkSttlmDt")
    told = " ".join(_texts(one, "RtrRsnInf", "AddtlInf"))
    ids = [part for part in re.split(r"[\s/,;]+", told) if part]
    return ReturnFact(
        refs=_refs(one, ids),
        amount=amount,
        costs=_costs(one, amount),
        booking=booking,
        settled_on=_day(day, "IntrBkSttlmDt"),
        code=_reason(one, "RtrRsnInf"),
    )


def _costs(one: Any, amount: Money) -> Money | None:  # noqa: ANN401
    """What was kept: the charges that it names, else what is missing of the sum to be returned."""
    charges = [_amount(charge, "Amt") for charge in _all(one, "ChrgsInf")]
    named = [c for c in charges if c is not None]
    if named and len({c.currency for c in named}) == 1:
        return Money(sum(c.minor for c in named), named[0].currency)
    instructed = _amount(one, "RtrdInstdAmt")
    if instructed is None or instructed.currency != amount.currency or instructed <= amount:
        return None
    return instructed - amount


def _refs(one: Any, ids: list[str]) -> PaymentRefs:  # noqa: ANN401
    uetr = _text(one, "OrgnlUETR").lower()
    return PaymentRefs(
        uetr=uetr if _UETR.fullmatch(uetr) else "",
        end_to_end_id=_text(one, "OrgnlEndToEndId"),
        case_ids=tuple(dict.fromkeys(i for i in ids if i)),
        amount=_amount(one, "OrgnlIntrBkSttlmAmt"),
    )


def _reason(one: Any, info: str) -> str:  # noqa: ANN401
    for found in _all(one, info):
        code = _text(found, "Rsn", "Cd") or _text(found, "Rsn", "Prtry")
        if code:
            return code[:35]
    return ""


def _amount(one: Any, name: str) -> Money | None:  # noqa: ANN401
    element = _child(one, name)
    if element is None:
        return None
    text, currency = (element.text or "").strip(), element.get("Ccy", "")
    if not _AMOUNT.fullmatch(text):
        raise MessageRefusedError(
            phrase("has {text!r} in {name}, which is no amount of money", text=text[:20], name=name)
        )
    try:
        return Money.parse(text, currency)
    except ValueError as error:
        raise MessageRefusedError(
            phrase(
                "has in {name} what is no amount of money: {error}",
                name=name,
                error=error_sentence(error),
            )
        ) from error


def _day(text: str, name: str) -> datetime:
    try:
        return datetime.strptime(text[:10], "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise MessageRefusedError(
            phrase("has {text!r} in {name}, which is no day", text=text[:20], name=name)
        ) from error


def _all(one: Any, name: str) -> list[Any]:  # noqa: ANN401
    """Every element of that name below, itself too."""
    return [e for e in one.iter() if isinstance(e.tag, str) and _local(e) == name]


def _child(one: Any, name: str) -> Any:  # noqa: ANN401
    return next((e for e in one if isinstance(e.tag, str) and _local(e) == name), None)


def _texts(one: Any, *path: str) -> list[str]:  # noqa: ANN401
    found = [one]
    for name in path:
        found = [e for parent in found for e in parent if _local(e) == name]
    return [(e.text or "").strip()[:_TEXT_MAX] for e in found]


def _text(one: Any, *path: str) -> str:  # noqa: ANN401
    return next(iter(_texts(one, *path)), "")


def _local(element: Any) -> str:  # noqa: ANN401
    return str(element.tag).rpartition("}")[2]
