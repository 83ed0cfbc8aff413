"""Notice, decision, receipt and the way of the money, as they would be read by others; bundles."""

from __future__ import annotations

import json
import re
import string
import zipfile
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from models.entities.allocation import AllocationState as A
from models.money import Money
from recovery_flows.clock import wall_clock
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.returns.bundle import (
    MANIFEST,
    SIGNATURE,
    bundle,
    differences,
)
from recovery_flows.correspondence.returns.page import Document, as_json, as_markdown
from recovery_flows.correspondence.returns.pdf import as_pdf, printable
from recovery_flows.correspondence.returns.reading import documents_of
from recovery_flows.correspondence.returns.wording import languages, wording
from recovery_flows.errors import MisuseError
from recovery_flows.partners.rbp1.signing import Signer

UNIT = Sender("Synthetic Unit", "1 Invented Street", "Synthetic Desk", is_synthetic=True)


@pytest.fixture
def paid(unit: Any, acts: Any) -> str:
    """Two victims who got 750.00 each of their 1,000.00."""
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.APPROVED)
    for payout in unit.file(recovery_id).payouts:
        acts.settle(recovery_id, payout.id)
    return str(recovery_id)


def made(unit: Any, recovery_id: str, language: str = "en", *kinds: str) -> tuple[Document, ...]:
    given = unit.database, unit.laws, recovery_id, UNIT, wall_clock(), language
    return documents_of(*given, kinds) if kinds else documents_of(*given)


def cells(document: Document) -> list[tuple[str, ...]]:
    return [row for s in document.sections if s.table for row in s.table.rows]


def test_the_decision_gives_what_was_decided_and_names_the_two_people(unit: Any, paid: str) -> None:
    (decision,) = made(unit, paid, "en", "decision")
    assert [row[1:] for row in cells(decision)] == [
        ("CNY 1,000.00", "CNY 0.00", "CNY 750.00"),
        ("CNY 1,000.00", "CNY 0.00", "CNY 750.00"),
        ("CNY 2,000.00", "CNY 0.00", "CNY 1,500.00"),
    ]
    approval = next(a for a in unit.file(paid).approvals if a.subject_id.startswith("alloc-"))
    text = as_markdown(decision)
    assert f"Asked for by {approval.asked_by} on " in text
    assert f"Approved by {approval.decided_by} on " in text
    assert approval.asked_by != approval.decided_by


def test_before_the_second_yes_a_decision_calls_itself_a_draft(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.NOTICE)
    (decision,) = made(unit, recovery_id, "en", "decision")
    assert "Not approved yet: this is a draft and orders nothing." in as_markdown(decision)
    (notice,) = made(unit, recovery_id, "en", "notice")
    assert "may object in writing until 20" in as_markdown(notice)
    assert made(unit, recovery_id, "en", "receipt") == ()


def test_a_receipt_is_what_the_bank_booked(unit: Any, paid: str) -> None:
    receipts = {r.name.split("-")[-2]: dict(cells(r)) for r in made(unit, paid, "en", "receipt")}
    payouts = unit.file(paid).payouts
    assert len(receipts) == len(payouts) > 0
    for payout in payouts:
        told = receipts[payout.id.removeprefix("payout-")[:8]]
        assert told["Amount"] == str(Money(payout.settled_minor, payout.settled_currency))
        assert told["The bank's reference"] == payout.bank_ref
        assert (told["Returned"], told["Still lost"]) == ("CNY 750.00", "CNY 250.00")


def test_no_document_holds_a_name_or_a_full_number(unit: Any, paid: str) -> None:
    reports = unit.reports(2)
    hidden = {r.victim_name for r in reports} | {
        a.number for r in reports for a in (r.victim_account, r.payee_account)
    }
    for language in languages():
        texts = [as_json(d) + as_markdown(d) for d in made(unit, paid, language)]
        assert len(texts) >= 5
        assert not [h for h in hidden for text in texts if h in text]


def test_a_chinese_decision_names_its_law_and_its_formula_in_chinese(unit: Any, paid: str) -> None:
    words = wording("zh")
    for step in unit.laws["CN"].ladder:
        told = (("instrument", step.instrument), ("article", step.article))
        for group, text in (*told, ("formula", step.formula)):
            assert words.named(group, text) != text, f"{step.code} has no Chinese of its {group}"
    (decision,) = made(unit, paid, "zh", "decision")
    text = as_markdown(decision)
    assert "冻结资金返还若干规定》（银监发〔2016〕41号），第八条第（三）项" in text
    assert "返还金额＝待分配资金×本人尚未返还的损失" in text
    assert "） " not in text
    (flow,) = made(unit, paid, "zh", "flow")
    assert "本表按现行规则（先进先出）认定" in as_markdown(flow)


def test_every_language_has_the_same_sentences_with_the_same_values() -> None:
    def values(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    first, *others = (wording(language) for language in languages())
    assert others
    for other in others:
        assert other.texts.keys() == first.texts.keys()
        assert {k: values(t) for k, t in other.texts.items()} == {
            k: values(t) for k, t in first.texts.items()
        }


def test_a_pdf_is_the_same_each_time_and_brings_its_font(unit: Any, paid: str) -> None:
    pytest.importorskip("typst", reason="the extra `pdf` is not installed")
    for language in languages():
        for document in made(unit, paid, language):
            pdf = as_pdf(document)
            assert pdf == as_pdf(document)
            assert pdf.startswith(b"%PDF-")
            assert b"NotoSansSC" in pdf


def test_a_sign_without_a_picture_stands_as_its_number() -> None:
    assert printable("王\U00020bb7 – §") == "王U+20BB7 – §"
    assert printable("a\x1b[31mb\u202e") == "aU+001B[31mbU+202E"


def test_no_text_is_taken_for_markup(unit: Any, paid: str) -> None:
    pytest.importorskip("typst", reason="the extra `pdf` is not installed")
    evil = '#read("/etc/passwd") $x$ *b* _i_ `c` <l> @r \\ | a\n# Heading'
    document = replace(made(unit, paid, "en", "decision")[0], title=evil, sender=evil)
    assert as_pdf(document).startswith(b"%PDF-")
    assert not re.search(r"^# Heading", as_markdown(document), re.MULTILINE)
    assert "<l>" not in as_markdown(document)


def test_an_unknown_kind_or_language_is_said_with_those_there_are(unit: Any, paid: str) -> None:
    with pytest.raises(MisuseError, match="no document 'bill'; there are: application, flow"):
        made(unit, paid, "en", "bill")
    with pytest.raises(MisuseError, match="no documents in language 'xx'; there are: en, zh"):
        made(unit, paid, "xx")


@pytest.fixture(name="signed")
def _signed(unit: Any, paid: str, tmp_path: Path) -> tuple[bytes, Signer]:
    documents = made(unit, paid)
    files = {f"{d.name}.md": as_markdown(d).encode() for d in documents}
    (tmp_path / "keys").mkdir()
    signer = Signer(tmp_path / "keys")
    first = documents[0]
    return bundle(first.ref, first.seq, first.digest, files, signer), signer


def changed(raw: bytes, change: dict[str, bytes | None]) -> bytes:
    """The zip with members replaced, added, or left out (None)."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        kept = {m: old.read(m) for m in old.namelist()} | change
        for name, held in kept.items():
            if held is not None:
                new.writestr(name, held)
    return out.getvalue()


def test_a_bundle_is_checked_without_a_database(signed: tuple[bytes, Signer]) -> None:
    raw, signer = signed
    assert differences(raw, signer.public_jwks()) == []
    assert differences(raw, None) == []
    kinds = {name.split("-")[3] for name in zipfile.ZipFile(BytesIO(raw)).namelist() if "-" in name}
    assert kinds == {"application", "flow", "report", "notice", "decision", "receipt"}


def test_each_change_of_a_bundle_is_named(signed: tuple[bytes, Signer], tmp_path: Path) -> None:
    raw, signer = signed
    keys = signer.public_jwks()
    names = zipfile.ZipFile(BytesIO(raw)).namelist()
    file = names[0]
    assert differences(changed(raw, {file: b"other"}), keys) == [
        f"{file} was changed: its length or SHA-256 is another"
    ]
    assert differences(changed(raw, {file: None}), keys) == [f"{file} is missing"]
    assert differences(changed(raw, {"more.md": b"x"}), keys) == [
        "more.md is in the bundle and not in its manifest"
    ]
    unsigned = differences(changed(raw, {SIGNATURE: None}), keys)
    assert unsigned == [f"{SIGNATURE} is missing: nobody has signed the manifest"]
    manifest = json.loads(zipfile.ZipFile(BytesIO(raw)).read(MANIFEST))
    del manifest["files"][file]
    forged = changed(raw, {file: None, MANIFEST: json.dumps(manifest).encode()})
    not_signed = f"{SIGNATURE}: the manifest is not signed with the key that was given"
    assert differences(forged, keys) == [not_signed]
    (tmp_path / "strangers").mkdir()
    strangers = Signer(tmp_path / "strangers").public_jwks()
    assert differences(raw, strangers) == [not_signed]


@pytest.mark.parametrize(
    "raw", [b"", b"PK", b"no zip", b"PK\x03\x04" + bytes(60)], ids=["empty", "two", "text", "torn"]
)
def test_what_is_no_bundle_is_refused_in_a_sentence(raw: bytes) -> None:
    with pytest.raises(MisuseError, match="this is no bundle"):
        differences(raw, None)


def test_no_damaged_byte_of_a_bundle_is_a_fault_of_the_program(
    signed: tuple[bytes, Signer],
) -> None:
    raw, signer = signed
    for place in range(0, len(raw), 17):
        torn = bytearray(raw)
        torn[place] ^= 0x55
        with suppress(MisuseError):
            assert all(differences(bytes(torn), signer.public_jwks()))
