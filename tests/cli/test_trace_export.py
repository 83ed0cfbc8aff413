"""A trace written for other programs says what the trace says, in every format."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

Call = Callable[..., tuple[int, str]]
G = "{http://graphml.graphdrawing.org/xmlns}"


@pytest.fixture
def call(run: Any, tmp_path: Path) -> Call:
    (tmp_path / "T.csv").write_text(
        "id,time,from,to,amount,currency,kind\n"
        "t1,2026-01-01,V,M,100,CNY,\nt2,2026-01-02,M,X & Söhne,60,CNY,\n"
        "t3,2026-01-03,M,,60,CNY,cash\nt4,2026-01-03,W,M,5,CNY,\n",
        encoding="utf-8",
    )
    (tmp_path / "S.csv").write_text("transfer_id,victim\nt1,V1\nt4,V2\n", encoding="utf-8")
    (tmp_path / "O.csv").write_text("account,amount\nM,50\n", encoding="utf-8")

    def called(*words: object) -> tuple[int, str]:
        files = ("--transfers", "T.csv", "--sources", "S.csv", "--openings", "O.csv")
        given = [str(tmp_path / w) if str(w).endswith(".csv") else w for w in files]
        said = run("trace", *given, *map(str, words))
        return said.code, said.out if said.code == 0 else said.sentence()

    return called


def test_the_csv_sums_to_what_the_trace_found(call: Call, tmp_path: Path) -> None:
    code, told = call("--out", tmp_path / "out.csv")
    assert (code, told.strip()) == (
        0, f"4 payments between 4 accounts by fifo (rule) in {tmp_path / 'out.csv'}",
    )  # fmt: skip
    with (tmp_path / "out.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {r["rule"] for r in rows} == {"fifo"}
    found = {(r["transfer"], r["from"], r["to"], r["claim"]): r["stolen"] for r in rows}
    assert found == {
        ("t1", "V", "M", "V1"): "100.00", ("t2", "M", "X & Söhne", "V1"): "10.00",
        ("t3", "M", "cash", "V1"): "60.00", ("t4", "W", "M", "V2"): "5.00",
    }  # fmt: skip
    before = (tmp_path / "out.csv").read_bytes()
    (tmp_path / "out.csv").unlink()
    call("--out", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == before


def test_follow_the_money_entities_point_at_each_other(call: Call, tmp_path: Path) -> None:
    assert call("--rule", "lifo", "--out", tmp_path / "out.ftm")[0] == 0
    lines = (tmp_path / "out.ftm").read_text(encoding="utf-8").splitlines()
    entities = {e["id"]: e for e in map(json.loads, lines)}
    assert len(entities) == len(lines)
    assert Counter(e["schema"] for e in entities.values()) == {"BankAccount": 4, "Payment": 4}
    for entity in entities.values():
        for side in ("payerAccount", "beneficiaryAccount"):
            for key in entity["properties"].get(side, []):
                assert entities[key]["schema"] == "BankAccount"
    cash = next(e for e in entities.values() if e["properties"].get("transactionNumber") == ["t3"])
    assert "beneficiaryAccount" not in cash["properties"]
    assert "CNY 40.00 stolen, by lifo (rule)" in cash["properties"]["summary"][0]


def test_graphml_is_xml_whose_edges_have_their_ends(call: Call, tmp_path: Path) -> None:
    assert call("--rule", "pro-rata", "--out", tmp_path / "out.graphml")[0] == 0
    root = etree.parse(tmp_path / "out.graphml").getroot()
    graph = root.find(f"{G}graph")
    assert graph is not None
    nodes = {node.get("id") for node in graph.findall(f"{G}node")}
    edges = graph.findall(f"{G}edge")
    assert [edge.get("id") for edge in edges] == ["t1", "t2", "t4", "t3"]
    assert all({edge.get("source"), edge.get("target")} <= nodes for edge in edges)
    keys = {key.get("id") for key in root.iter(f"{G}key")}
    assert {data.get("key") for data in graph.iter(f"{G}data")} <= keys


def test_a_large_file_on_arrays_writes_the_same(call: Call, tmp_path: Path) -> None:
    pytest.importorskip("numba", reason="the extra `fast` is not installed")
    call("--out", tmp_path / "plain.csv", "--engine", "plain")
    call("--out", tmp_path / "kernel.csv", "--engine", "kernel")
    assert (tmp_path / "plain.csv").read_bytes() == (tmp_path / "kernel.csv").read_bytes()


def test_nothing_is_written_over_and_the_ending_says_the_format(call: Call, tmp_path: Path) -> None:
    (tmp_path / "there.csv").write_text("mine", encoding="utf-8")
    code, told = call("--out", tmp_path / "there.csv")
    assert (code, (tmp_path / "there.csv").read_text(encoding="utf-8")) == (2, "mine")
    assert "is there already" in told
    code, told = call("--out", tmp_path / "out.xlsx")
    assert (code, "the ending says the format: .csv, .ftm, .graphml" in told) == (2, True)
    code, told = call("--out", tmp_path / "no" / "out.csv")
    assert (code, "is no folder" in told) == (2, True)


@pytest.mark.parametrize("name", ["=cmd|'/C calc'!A0", "+1", "-1", "@SUM(A1)"])
def test_no_name_of_a_file_is_a_formula_in_a_spreadsheet(
    call: Call, tmp_path: Path, name: str
) -> None:
    transfers = tmp_path / "T.csv"
    text = transfers.read_text(encoding="utf-8")
    transfers.write_text(text.replace("X & Söhne", name), encoding="utf-8")
    assert call("--out", tmp_path / "out.csv")[0] == 0
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert f"'{name}" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
