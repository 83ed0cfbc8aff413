"""Requests abroad by their commands, from the draft to what a body of another State answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from recovery_flows.cli.intake.complaints import import_reports
from recovery_flows.cli.sandbox_process import case_clock, register_banks
from recovery_flows.correspondence.abroad.as_xml import SCHEMA
from recovery_flows.sandbox.arithmetic import Rate
from recovery_flows.sandbox.server import running
from recovery_flows.sandbox.worlds.world import (
    Bank,
    World,
    WorldAccount,
    WorldTransfer,
    install,
)
from tests.cli.conftest import ABROAD, BANKS, BOTH, START, SUPERVISOR, VICTIM, report_row

FOREIGN = (ABROAD, "9999000000000003")
POLICE, AUTHORITY = "police-abroad", "authority-abroad"
APPROVALS = (
    "--field", "central_authority_reference=SYN-1",
    "--field", "personal_data_export_reference=SYN-2",
)  # fmt: skip


@pytest.fixture
def ref(unit: Any) -> Iterator[str]:
    """A victim paid 920.00 yuan abroad; the money is traced to the account there."""
    bodies = ((POLICE, "police"), (AUTHORITY, "central_authority"))
    world = World(
        banks=(
            *(Bank(name, f"Synthetic {name}", law, cur, 0, 0) for name, law, cur in BANKS),
            *(Bank(n, f"Synthetic {n}", "GB", "GBP", 0, 0, kind) for n, kind in bodies),
        ),
        accounts=(
            WorldAccount(*VICTIM, "Synthetic Victim", "CNY", 500_000),
            WorldAccount(*FOREIGN, "Synthetic Mule Abroad", "GBP", 0),
        ),
        transfers=(
            WorldTransfer(
                1, START + timedelta(hours=1, minutes=1), VICTIM, FOREIGN, 92_000, "CNY",
                "TRANSFER", "E1",
            ),
        ),
        reports=(), rates=(Rate("GBP", "CNY", 920, 100),), starts_at=START, notes=(),
    )  # fmt: skip
    book = unit.folder / "sandbox.sqlite3"
    install(book, world)
    clock = case_clock(unit.installation().database)
    keys = unit.installation().signer.public_jwks()
    with running(book, clock, unit.folder / "ready.json", keys) as served:
        register_banks(unit.installation().database, list(served), "CN")
        row = report_row(
            1, payee_bank=FOREIGN[0], payee_account=FOREIGN[1], payee_name="Synthetic Mule Abroad",
            amount="920.00",
        )  # fmt: skip
        path = unit.file_of(row)
        (recovery_id,) = import_reports(unit.installation(), path, "", "CN").filed
        found = str(unit.page(recovery_id)["ref"])
        unit._advance(found, "SYN-CASE-1")
        for _ in range(3):
            unit.sweep()
        yield found


def drafted(run: Any, ref: str, *words: str) -> str:
    told = run("xborder", "new", ref, *words, "--json")
    assert told.code == 0, told.err
    (name,) = told.json()["drafted"]
    return str(name)


def approved(run: Any, unit: Any, ref: str, name: str) -> None:
    submitted = run("xborder", "submit", ref, name)
    assert submitted.code == 0, submitted.err
    done = run("approve", unit.approval(ref), "--as", SUPERVISOR)
    assert done.code == 0, done.err


def state(run: Any, ref: str, name: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = run("xborder", "show", ref, "--json").json()["requests"]
    return next(row for row in rows if row["id"] == name)


def test_an_igrip_request_lacks_the_bank_is_filled_approved_dispatched_and_answered(
    run: Any, unit: Any, ref: str
) -> None:
    """S6: refused with that field's name; filled it is ready; after the second approval sent."""
    told = run("xborder", "new", ref, "--channel", "igrip", *APPROVALS)
    assert "lacks beneficiary_bank" in told.out
    name = told.out.split()[1]
    refused = run("xborder", "submit", ref, name)
    assert refused.code == 3
    assert "the request lacks beneficiary_bank" in refused.sentence()
    filled = run("xborder", "set", ref, name, "--field", "beneficiary_bank=Synthetic Bank")
    assert "request complete" in filled.out
    assert "none missing" in run("xborder", "show", ref, name).out
    approved(run, unit, ref, name)
    own = run("xborder", "dispatch", ref, name)
    assert f"you have submitted {name}: a third person sends it" in own.sentence()
    done = run("xborder", "dispatch", ref, name, "--as", BOTH)
    assert done.out.endswith(f"dispatched by {BOTH}; the engine sends it to {POLICE}\n")
    unit.sweep()
    row = state(run, ref, name)
    assert (row["state"], row["sent_by"], row["answers_read"]) == ("executed", BOTH, 2)
    shown = run("xborder", "show", ref, name).out
    assert "executed" in shown
    assert f"recovery xborder told {ref} {name}" in shown


def test_a_request_without_approvals_is_refused_with_the_rule_and_the_report_says_who_saw_it(
    run: Any, unit: Any, ref: str
) -> None:
    """S20: refused with the rule; once approved, only what is asked for is in the preview."""
    planted = run(
        "xborder", "new", ref, "--channel", "eu_freeze", "--field",
        "facts=holder of ID 11010519491231002X",
    )  # fmt: skip
    assert planted.code == 3
    assert "ID number" in planted.sentence()
    assert "Personal Information Protection Law" in planted.sentence()
    name = drafted(run, ref, "--channel", "igrip", "--field", "beneficiary_bank=Synthetic Bank")
    refused = run("xborder", "submit", ref, name)
    assert "CN_CONSENT_ABROAD" in refused.sentence()
    assert run("xborder", "set", ref, name, *APPROVALS).code == 0
    shown = run("xborder", "preview", ref, name).out
    marked = [line for line in shown.splitlines() if line.startswith("▌")]
    assert marked == [f"▌ | account | {FOREIGN[1]} |"]
    assert "Synthetic Victim" not in shown
    approved(run, unit, ref, name)
    assert run("xborder", "dispatch", ref, name, "--as", BOTH).code == 0
    unit.sweep()
    report = run("privacy", "report", ref).out
    assert "letter abroad: all its fields" in report
    assert "request_abroad: all its fields, its letter" in report


def test_one_request_by_many_channels_warns_of_what_else_is_asked(run: Any, ref: str) -> None:
    """W7: the same account by another channel, and in another recovery, is told before sending."""
    first = drafted(run, ref, "--channel", "igrip", *APPROVALS)
    told = run("xborder", "new", ref, "--channel", "eu_freeze", "--json").json()
    assert any(f"by igrip, {first} is draft" in line for line in told["warnings"])
    twin = run("xborder", "new", ref, "--channel", "igrip")
    assert "is under way by igrip" in twin.sentence()


def test_a_certificate_is_complete_field_by_field_and_written_as_pdf_and_xml(
    run: Any, unit: Any, ref: str, tmp_path: Path
) -> None:
    """W8: every gap with its section; the exact letter, and no file before two have approved."""
    told = run("xborder", "new", ref, "--channel", "eu_freeze", "--authority", AUTHORITY)
    assert "persons (section C)" in told.out
    name = told.out.split()[1]
    lacks = state(run, ref, name)["missing"].split(",")
    given = {"signed_on": "2026-03-02", "authority_email": "desk@unit.invalid"}
    fields = [w for n in lacks for w in ("--field", f"{n}={given.get(n, 'as attached')}")]
    assert run("xborder", "set", ref, name, *fields).code == 0
    out = tmp_path / "letters"
    out.mkdir()
    write = ("xborder", "document", ref, name, "--out", str(out), "--language", "en",
             "--language", "zh", "--format", "pdf", "--format", "xml")  # fmt: skip
    assert "its letter is written once it is approved" in run(*write).sentence()
    approved(run, unit, ref, name)
    done = run(*write)
    assert done.code == 0, done.err
    assert sorted(p.suffix for p in out.iterdir()) == [".pdf", ".pdf", ".xml", ".xml"]
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    for path in out.glob("*.xml"):
        assert schema.validate(etree.parse(str(path))), schema.error_log
    wrong = run("xborder", "document", ref, name, "--format", "docx")
    assert "there are: pdf, md, json, xml" in wrong.sentence()


def test_an_approved_recalls_letter_and_its_message_are_written_side_by_side(
    run: Any, unit: Any, ref: str, tmp_path: Path
) -> None:
    told = run(
        "recall", "draft", ref, "--uetr", "8a562c67-ca16-48ba-b074-65581be6f001",
        "--original-message", "MSG-1", "--instruction-id", "INS-1",
    )  # fmt: skip
    assert told.code == 0, told.err
    recall = unit.one("SELECT id FROM recall")
    write = ("recall", "document", ref, recall, "--out", str(tmp_path), "--language", "zh")
    refused = run(*write, "--format", "xml", "--format", "md")
    assert "its letter is written once it is approved" in refused.sentence()
    assert list(tmp_path.glob("R-*")) == []
    assert run("approve", unit.approval(ref), "--as", SUPERVISOR).code == 0
    assert run(*write, "--format", "xml", "--format", "md").code == 0
    (letter,) = tmp_path.glob("*.md")
    assert "付款召回请求" in letter.read_text("utf-8")
    (message,) = tmp_path.glob("*.xml")
    assert "camt.056" in message.read_text("utf-8")
    assert "there is no 'csv'" in run(*write, "--format", "csv").sentence()


def test_a_template_asks_by_several_channels_and_the_map_says_what_that_spares(
    run: Any, ref: str
) -> None:
    told = run("xborder", "new", ref, "--template", "hold_and_trace", *APPROVALS)
    assert told.out.count(" drafted by ") == 2
    assert "left out: mla for " in told.out  # the program has drafted that one by itself
    again = run("xborder", "new", ref, "--template", "hold_and_trace", *APPROVALS)
    assert again.code == 3
    assert "nothing was drafted; igrip for " in again.sentence()
    both = run("xborder", "new", ref, "--template", "hold_and_trace", "--channel", "mla")
    assert "name one way: --channel CODE, or --template CODE" in both.sentence()
    figures = run("xborder", "figures", "--json").json()
    assert [rate["name"] for rate in figures["rates"]] == [
        "sent within 24 h", "returned for information", "asked twice",
    ]  # fmt: skip
    assert figures["rates"][2]["denominator_minor"] == 3
    assert "nobody has answered yet" in run("xborder", "figures").out
    spared = run("process", "map", ref, "--template", "hold_and_trace")
    assert "by the template hold_and_trace: " in spared.out
    assert "there are give_back" in run("process", "map", "--template", "none").sentence()
