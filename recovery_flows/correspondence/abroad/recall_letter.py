"""The letter to the victim's bank that goes with a recall, made of its approved message alone.

What the camt.056 does not say is not in it: two people have approved those bytes and no others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from models.language.phrase import phrase
from recovery_flows.correspondence.abroad.letter import words_of
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.returns.page import Document, Section, Table
from recovery_flows.correspondence.returns.wording import Wording
from recovery_flows.errors import MisuseError

_LINES = (
    ("case", "CxlId"), ("uetr", "OrgnlUETR"), ("end_to_end", "OrgnlEndToEndId"),
    ("message", "OrgnlMsgId"), ("instruction", "OrgnlInstrId"), ("amount", "OrgnlIntrBkSttlmAmt"),
    ("paid_on", "OrgnlIntrBkSttlmDt"), ("reason", "CxlRsnInf"), ("payer_account", "DbtrAcct"),
    ("payer_bank", "DbtrAgt"), ("payee_account", "CdtrAcct"), ("payee_bank", "CdtrAgt"),
)  # fmt: skip
"""What the letter shows, and the element of the message that says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallFacts:
    """A recall's approved message with its digest, and who sends it."""

    ref: str
    recall_id: str
    message: bytes
    digest: str
    sender: Sender


def recall_letter(facts: RecallFacts, language: str) -> Document:
    """The letter in one language; MisuseError where the message is no camt.056."""
    words, root = words_of(language), _read(facts.message)
    day = _text(root, "CreDtTm")[:10]
    rows = tuple(_rows(root, words))
    table = Table((words("common.name"), words("common.text")), rows)
    return Document(
        kind="recall", language=words.language, ref=facts.ref, seq=1, digest=facts.digest,
        name=f"{facts.ref}-recall-{facts.recall_id[-6:]}-{words.language}",
        title=words("recall.title"), sender=facts.sender.name,
        mark=words("common.synthetic") if facts.sender.is_synthetic else "",
        facts=(
            (words("common.ref"), f"{facts.ref}, {facts.recall_id}"),
            (words("common.to"), _text(root, "Assgne")),
            (words("common.dated"), words("common.zone", day=day, zone="UTC")),
        ),
        sections=(
            Section(words("recall.asks"), (words("recall.text"),)),
            Section(words("recall.payment"), table=table),
        ),
        foot=words("recall.foot", digest=facts.digest[:16]),
    )  # fmt: skip


def _rows(root: etree._Element, words: Wording) -> Iterator[tuple[str, str]]:
    for key, element in _LINES:
        text = _text(root, element)
        if key == "amount":
            text = f"{_find(root, element).get('Ccy', '')} {text}"
        elif key == "reason":
            text = f"{_text(root, 'Cd')} ({words('recall.fraud')})"
        if text:
            yield words(f"recall.{key}"), text


def _read(raw: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(raw, parser)
    if root.find(".//{*}FIToFIPmtCxlReq") is None:
        raise MisuseError(phrase("the message of this recall is no camt.056"))
    return root


def _find(root: etree._Element, name: str) -> etree._Element:
    found = root.find(f".//{{*}}{name}")
    return etree.Element(name) if found is None else found


def _text(root: etree._Element, name: str) -> str:
    """The innermost text of the first element of that name; "" where there is none."""
    texts = (str(text).strip() for text in _find(root, name).itertext())
    return next((text for text in texts if text), "")
