"""Transfers read once into a folder, by columns, trace exactly as the CSV itself."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("polars", reason="the extra `fast` is not installed")
pytest.importorskip("numba", reason="the extra `fast` is not installed")

from recovery_flows.tracing.transfers import inputs as transfer_files
from recovery_flows.tracing.transfers.files import in_order, read_transfers
from recovery_flows.tracing.transfers.mapping import PLAIN
from recovery_flows.tracing.transfers.quick import quick_table
from recovery_flows.tracing.transfers.rows import FileRefusedError
from recovery_flows.tracing.transfers.table import LazyTransfers

Said = Callable[..., str]
RULES = ["fifo", "lifo", "libr", "tainted-first", "tiho", "poison"]
HEAD = "id,time,from,to,amount,currency,kind\n"


@pytest.fixture
def said(run: Any) -> Said:
    def called(*words: object) -> str:
        answer = run(*map(str, words))
        return str(answer.out if answer.code == 0 else answer.sentence())

    return called


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """Payments by the day, many a day, some out of sight by card or fee, one fee to an account."""
    dice = random.Random(7)  # noqa: S311 - made-up rows
    lines = []
    for number in range(600):
        day = f"2026-01-{1 + number // 60:02d}"
        payer, payee = dice.choice("ABCDEFGH"), dice.choice("ABCDEFGHXYZ")
        kind = dice.choice(["", "", "", "transfer", "card", "fee"])
        payee = "" if kind == "card" else payee
        cents = dice.randint(1, 99999)
        lines.append(f"t{number},{day},{payer},{payee},{cents / 100:.2f},CNY,{kind}\n")
    # A fee that is credited to somebody's account, and money from outside.
    lines += ["f,2026-01-05,A,B,3.5,CNY,fee\n", "o,2026-01-06,,C,70,CNY,\n"]
    dice.shuffle(lines)
    (tmp_path / "T.csv").write_text(HEAD + "".join(lines), encoding="utf-8")
    moving = [line.split(",") for line in lines if line.startswith("t")]
    stolen = [c[0] for c in moving if c[2] and c[2] != c[3]][:12]
    rows = "".join(f"{name},V{n % 5}\n" for n, name in enumerate(stolen))
    (tmp_path / "S.csv").write_text("transfer_id,victim\n" + rows, encoding="utf-8")
    (tmp_path / "O.csv").write_text("account,amount\nA,500\nB,-20\nC,9.99\n", encoding="utf-8")
    return tmp_path


def kept(said: Said, folder: Path) -> Path:
    told = json.loads(said("intake", "transfers", folder / "T.csv", "--to", folder / "K", "--json"))
    assert (told["transfers"], told["mapping"]) == (602, "plain")
    return folder / "K"


def traced(said: Said, folder: Path, transfers: Path, *words: str) -> dict[str, Any]:
    return dict(
        json.loads(
            said("trace", "--transfers", transfers, "--sources", folder / "S.csv", *words, "--json")
        )
    )


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("opening", ["zero", "inferred", "known"])
def test_a_folder_answers_as_the_plain_rules_on_the_csv(
    said: Said, world: Path, rule: str, opening: str
) -> None:
    words = ("--rule", rule, "--opening", opening, "--paths", "--sensitivity")
    words = (*words, "--openings", str(world / "O.csv"))
    on_arrays = traced(said, world, kept(said, world), *words, "--engine", "kernel")
    plain = traced(said, world, world / "T.csv", *words, "--engine", "plain")
    assert (on_arrays.pop("engine"), plain.pop("engine")) == ("kernel", "plain")
    assert on_arrays == plain


def test_shares_differ_by_rounding_only(said: Said, world: Path) -> None:
    words = ("--rule", "pro-rata")
    on_arrays = traced(said, world, kept(said, world), *words, "--engine", "kernel")
    plain = traced(said, world, world / "T.csv", *words, "--engine", "plain")
    for one, other in zip(on_arrays["accounts"], plain["accounts"], strict=True):
        assert one["balance"] == other["balance"]
        for victim, text in one["victims"].items():
            assert abs(cents(text) - cents(other["victims"][victim])) <= 1


def cents(text: str) -> int:
    return int(text.replace(".", ""))


def test_a_large_csv_is_read_by_columns_and_says_the_same(
    said: Said, world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = traced(said, world, world / "T.csv", "--engine", "plain")
    monkeypatch.setattr(transfer_files, "MANY_BYTES", 1)
    by_columns = traced(said, world, world / "T.csv", "--engine", "kernel")
    assert {**plain, "engine": "kernel"} == by_columns


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ("t1,2026-01-01,A,B,1x,CNY,\n", "T.csv, line 2: amount '1x' is no decimal number"),
        ("t1,2026-01-32,A,B,1,CNY,\n", "T.csv, line 2: time '2026-01-32' is neither"),
        ("t1,2026-01-01,A,B,1.234,CNY,\n", "T.csv, line 2: amount 1.234 has more than 2"),
        ("t1,2026-01-01,,,1,CNY,\n", "T.csv, line 2: from and to are both empty"),
        ("t1,2026-01-01,A,B,1,CNY\n", "T.csv, line 2: 6 cells where the header has 7"),
        ("t1,2026-01-01,A,B,1,CNY,\n" * 2, "T.csv, line 3: id t1 is that of line 2"),
        ("", "the files hold no transfers"),
    ],
)
def test_what_columns_cannot_read_is_refused_by_line_and_nothing_is_kept(
    said: Said, tmp_path: Path, broken: str, sentence: str
) -> None:
    (tmp_path / "T.csv").write_text(HEAD + broken, encoding="utf-8")
    told = said("intake", "transfers", tmp_path / "T.csv", "--to", tmp_path / "K")
    assert sentence in told
    assert not (tmp_path / "K").exists()


@pytest.mark.parametrize(
    "odd",
    [
        "t1,2026-01-01,A,B,18446744073709552616.00,CNY,\n",  # 2**64 + 1000: beyond the columns
        't1,2026-01-01,"",B,1.00,CNY,\n',
        "t1,2026-01-01,A\t,B,1.00,CNY,\n",
        't1,2026-01-01,"A, B",B,.50,CNY,\n',
    ],
)
def test_columns_never_say_other_than_the_rows(tmp_path: Path, odd: str) -> None:
    path = tmp_path / "T.csv"
    path.write_text(HEAD + odd + "t2,2026-01-02,B,C,1.00,CNY,\n", encoding="utf-8")
    table = quick_table([path], PLAIN)
    try:
        rows = in_order(read_transfers(path, PLAIN))
    except FileRefusedError:
        assert table is None
    else:
        assert table is None or list(LazyTransfers(table)) == rows


def test_the_schemas_of_others_are_known_by_name(said: Said, tmp_path: Path) -> None:
    (tmp_path / "amlsim.csv").write_text(
        "sourceNodeId,targetNodeId,value,time\n1,2,100.5,1\n2,3,40,2\n", encoding="utf-8"
    )
    (tmp_path / "hi.csv").write_text(
        "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,"
        "Amount Paid,Payment Currency,Payment Format,Is Laundering\n"
        "2022/09/01 00:20,010,8000EBD30,020,9000AAA,100.50,US Dollar,100.50,US Dollar,Cheque,1\n"
        "2022/09/01 00:21,020,9000AAA,030,7000BBB,9.10,Euro,10.00,US Dollar,ACH,0\n"
        "2022/09/01 00:22,020,9000AAA,030,7000BBB,0.000123,Bitcoin,0.000123,Bitcoin,Bitcoin,0\n",
        encoding="utf-8",
    )
    (tmp_path / "S.csv").write_text("transfer_id,victim\n1,V\n", encoding="utf-8")
    aml = traced(said, tmp_path, tmp_path / "amlsim.csv", "--mapping", "amlsim")
    assert {row["account"]: row["victims"]["V"] for row in aml["accounts"]} == {
        "2": "60.50", "3": "40.00",
    }  # fmt: skip
    hi = traced(said, tmp_path, tmp_path / "hi.csv", "--mapping", "hi-small")
    found = [(row["account"], row["currency"], row["victims"]) for row in hi["accounts"]]
    assert found == [
        ("020/9000AAA", "USD", {"V": "90.50"}), ("030/7000BBB", "EUR", {"V": "9.10"}),
    ]  # fmt: skip


def test_a_mapping_of_ones_own_is_a_toml_file(said: Said, tmp_path: Path) -> None:
    (tmp_path / "bank.csv").write_text(
        "Nr,Tag,Von,An,Betrag\na,2026-01-01,V,M,10\nb,2026-01-02,M,X,4\n", encoding="utf-8"
    )
    (tmp_path / "S.csv").write_text("transfer_id,victim\na,V1\n", encoding="utf-8")
    mine = tmp_path / "mine.toml"
    mine.write_text(
        'id="Nr"\ntime="Tag"\nfrom="Von"\nto="An"\namount="Betrag"\ncurrency_code="EUR"\n',
        encoding="utf-8",
    )
    found = traced(said, tmp_path, tmp_path / "bank.csv", "--mapping", str(mine))
    assert [row["victims"] for row in found["accounts"]] == [{"V1": "6.00"}, {"V1": "4.00"}]
    mine.write_text('id="Nr"\n', encoding="utf-8")
    told = said("intake", "transfers", tmp_path / "bank.csv", "--to", "K", "--mapping", mine)
    assert "mine.toml: time is missing" in told


def test_a_folder_that_is_none_says_how_to_make_one(said: Said, tmp_path: Path) -> None:
    (tmp_path / "S.csv").write_text("transfer_id,victim\n1,V\n", encoding="utf-8")
    (tmp_path / "K").mkdir()
    told = said("trace", "--transfers", tmp_path / "K", "--sources", tmp_path / "S.csv")
    assert "K holds no transfers: make it by `recovery intake transfers" in told


def test_amounts_of_a_generator_are_rounded_half_up_where_its_mapping_says_so(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "syn.csv").write_text(
        "txn_id,source_id,target_id,timestamp,amount,is_fraud\n"
        "0,1,2,2024-01-01 00:00:01.282700062,100.00499999,1\n"
        "1,2,3,2024-01-01 00:00:01.282700063,10.005,0\n2,2,4,2024-01-02 00:00:00,3,0\n",
        encoding="utf-8",
    )
    (tmp_path / "S.csv").write_text("transfer_id,victim\n0,V\n", encoding="utf-8")
    by_rows = traced(said, tmp_path, tmp_path / "syn.csv", "--mapping", "synthfin")
    assert [row["victims"]["V"] for row in by_rows["accounts"]] == ["86.99", "10.01", "3.00"]
    monkeypatch.setattr(transfer_files, "MANY_BYTES", 1)
    assert by_rows == traced(said, tmp_path, tmp_path / "syn.csv", "--mapping", "synthfin")
