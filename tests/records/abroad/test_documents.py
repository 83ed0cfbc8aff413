"""An EU certificate, a letter of mutual assistance and a recall of one recovery, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from models.ids import digest_bytes
from recovery_flows.correspondence.abroad.actions import facts_of
from recovery_flows.correspondence.abroad.as_xml import NAMESPACE, SCHEMA, as_xml
from recovery_flows.correspondence.abroad.letter import LetterFacts, letter
from recovery_flows.correspondence.abroad.recall_letter import RecallFacts, recall_letter
from recovery_flows.correspondence.returns.page import Document, as_markdown
from recovery_flows.correspondence.returns.pdf import as_pdf
from recovery_flows.errors import MisuseError
from recovery_flows.recalls.actions import message_of
from tests.recall_messages import CHANNELS, drafted
from tests.records.abroad.abroad_case import SENDER, VALUES, Abroad

TITLES = {
    ("eu_freeze", "en"): "Freezing certificate", ("eu_freeze", "zh"): "冻结证明书",
    ("mla", "en"): "Request for mutual legal assistance", ("mla", "zh"): "刑事司法协助请求书",
    ("recall", "en"): "Recall of a payment", ("recall", "zh"): "付款召回请求",
}  # fmt: skip


def facts(abroad: Abroad, name: str) -> LetterFacts:
    unit = abroad.unit
    return facts_of(unit.database, unit.laws, abroad.recovery_id, name, SENDER, unit.now, CHANNELS)


def approved(abroad: Abroad, channel: str, **given: Any) -> str:
    name = abroad.new(channel, **given)
    fields = {n: VALUES.get(n, "as attached") for n in abroad.row(name).missing.split(",") if n}
    abroad.unit.case_officer().advance(abroad.recovery_id, to=name, fields=fields)
    abroad.submit(name)
    abroad.unit.approve(abroad.recovery_id)
    return name


def made(abroad: Abroad) -> dict[tuple[str, str], tuple[Document, bytes]]:
    """Each of the three in both languages: the letter and its XML."""
    certificate = approved(abroad, "eu_freeze", language="fr")
    assistance = approved(abroad, "mla", wanted="return")
    recall = drafted(abroad.unit, abroad.recovery_id)
    abroad.unit.approve(abroad.recovery_id)
    raw = message_of(abroad.unit.database, abroad.recovery_id, recall)
    found: dict[tuple[str, str], tuple[Document, bytes]] = {}
    for language in ("en", "zh"):
        for channel, name in (("eu_freeze", certificate), ("mla", assistance)):
            of = facts(abroad, name)
            found[channel, language] = (letter(of, language), as_xml(of, language))
        told = RecallFacts(
            ref=abroad.unit.file(abroad.recovery_id).recovery.ref, recall_id=recall, message=raw,
            digest=digest_bytes(raw), sender=SENDER,
        )  # fmt: skip
        found["recall", language] = (recall_letter(told, language), raw)
    return found


def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMA)))


def test_three_documents_of_one_recovery_open_as_pdf_and_xml_in_english_and_chinese(
    abroad: Abroad, tmp_path: Path
) -> None:
    for (channel, language), (document, xml) in made(abroad).items():
        assert document.title == TITLES[channel, language]
        assert "SYNTHETIC" in document.mark or "合成" in document.mark
        raw = as_pdf(document)
        assert raw.startswith(b"%PDF-")
        assert raw == as_pdf(document)
        (tmp_path / f"{document.name}.pdf").write_bytes(raw)
        root = etree.fromstring(xml)
        if channel == "recall":
            assert root.tag.endswith("camt.056.001.08}Document")
        else:
            assert schema().validate(root), schema().error_log
            assert root.get("language") == language
    assert len(list(tmp_path.glob("*.pdf"))) == 6


def test_the_xml_holds_the_fields_of_the_letter_and_no_other(abroad: Abroad) -> None:
    name = approved(abroad, "eu_freeze")
    of = facts(abroad, name)
    root = etree.fromstring(as_xml(of, "en"))
    fields = root.findall(f".//{{{NAMESPACE}}}Field")
    assert {f.get("name"): f.text for f in fields} == {n: t for n, t in of.fields.items() if t}
    account = next(f for f in fields if f.get("name") == "account")
    assert (account.get("class"), account.text) == ("account", "9999000000000077")
    page = as_markdown(letter(of, "en"))
    assert all((f.text or "").replace("_", "\\_") in page for f in fields)
    letters = [s.get("letter") for s in root.findall(f"{{{NAMESPACE}}}Section")]
    assert letters == sorted(letters, key=lambda one: (one is None, one or ""))


def test_a_text_that_xml_cannot_carry_does_not_break_the_file(abroad: Abroad) -> None:
    of = facts(abroad, approved(abroad, "eu_freeze"))
    odd = {**of.fields, "facts": 'a <b> & "c" \x0b\ufffe end'}
    changed = LetterFacts(
        file=of.file, request=of.request, fields=odd, classes=of.classes, source=of.source,
        sender=of.sender, zone=of.zone, now=of.now,
    )  # fmt: skip
    root = etree.fromstring(as_xml(changed, "zh"))
    assert schema().validate(root)
    (text,) = (f.text for f in root.iter(f"{{{NAMESPACE}}}Field") if f.get("name") == "facts")
    assert text == 'a <b> & "c" \ufffd\ufffd end'


def test_the_schema_refuses_what_is_no_request(abroad: Abroad) -> None:
    raw = as_xml(facts(abroad, approved(abroad, "mla", wanted="return")), "en")
    for a, b in (
        (b'channel="mla"', b'channel="MLA!"'), (b"<Title>", b"<Titel>"), (b'version="1"', b""),
        (b'state="GB"', b'state="Britain"'), (b'currency="GBP"', b""),
    ):  # fmt: skip
        assert a in raw
        wrong = raw.replace(a, b).replace(
            b"</Title>", b"</Titel>" if a == b"<Title>" else b"</Title>"
        )
        assert not schema().validate(etree.fromstring(wrong))


def test_a_recalls_letter_says_what_its_message_says(abroad: Abroad) -> None:
    document, raw = made(abroad)["recall", "en"]
    rows = dict(document.sections[1].table.rows) if document.sections[1].table else {}
    assert rows["Amount"] == "CNY 1000.00"
    assert rows["Reason"] == "FRAD (of fraudulent origin)"
    assert rows["UETR"] in raw.decode()
    assert all(text.split(" ")[-1].strip("()") in raw.decode() for n, text in rows.items()
               if n != "Reason")  # fmt: skip
    with pytest.raises(MisuseError, match=r"no camt\.056"):
        recall_letter(
            RecallFacts(ref="R", recall_id="x", message=b"<a/>", digest="0", sender=SENDER), "en"
        )
