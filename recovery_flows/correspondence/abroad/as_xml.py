"""A request abroad as XML, by the project's own schema: `request_abroad.xsd` beside this file.

No official schema of a certificate is held. No session and no clock: the same values give the
same bytes. A field that is empty is left out; a sign that XML cannot carry stands as U+FFFD.
"""

from __future__ import annotations

import re
from datetime import UTC
from pathlib import Path

from lxml import etree

from models.money import Money
from recovery_flows.correspondence.abroad.letter import LetterFacts, title_of, words_of
from recovery_flows.correspondence.returns.wording import Wording
from recovery_flows.cross_border.plans import section_of, split_asked

NAMESPACE = "urn:recovery-flows:request-abroad:1"
SCHEMA = Path(__file__).with_name("request_abroad.xsd")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_xml(facts: LetterFacts, language: str) -> bytes:
    """The request as it leaves, each field with its name, its class of data and its text."""
    words, request = words_of(language), facts.request
    root = etree.Element(f"{{{NAMESPACE}}}RequestAbroad", nsmap={None: NAMESPACE})
    for name, text in (
        ("channel", request.channel), ("version", str(request.version)), ("language", language),
    ):  # fmt: skip
        root.set(name, text)
    if facts.sender.is_synthetic:
        _add(root, "Synthetic", words("common.synthetic"))
    _add(root, "Title", title_of(facts, words))
    if facts.sender.name:
        _add(root, "From", facts.sender.name)
    to = request.authority or request.partner_id
    _add(root, "To", to, state=facts.file.asset(request.asset_id).regime)
    _add(root, "Reference", facts.file.recovery.ref)
    _add(root, "RequestId", request.id)
    if request.replaces_id:
        _add(root, "Replaces", request.replaces_id)
    _add(root, "Wanted", request.wanted)
    amount = Money(request.requested_minor, request.currency)
    _add(root, "Amount", amount.text(), currency=amount.currency)
    _add(root, "Dated", f"{facts.now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    _add(root, "LegalBasis", facts.source)
    _add(root, "StateReads", request.language)
    _sections(root, facts, words)
    _add(root, "FieldsDigest", request.fields_digest)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _sections(root: etree._Element, facts: LetterFacts, words: Wording) -> None:
    """The filled fields by the sections of the form; one without a letter where it has none."""
    request = facts.request
    names = split_asked(request.asked)[0] if request.asked else tuple(facts.fields)
    by_section: dict[str, list[str]] = {}
    for name in names:
        if facts.fields.get(name):
            by_section.setdefault(section_of(request.asked, name), []).append(name)
    for letter, members in sorted(by_section.items(), key=lambda one: (not one[0], one[0])):
        section = _add(root, "Section")
        if letter:
            section.set("letter", letter)
        for name in members:
            field = _add(section, "Field", facts.fields[name])
            field.set("name", name)
            field.set("label", words.named("field", name))
            field.set("class", facts.classes.get(name, "free_text"))


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    for key, value in attributes.items():
        element.set(key, value)
    if text:
        element.text = _NOT_XML.sub("\ufffd", text)
    return element
