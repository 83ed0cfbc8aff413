import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., tuple[int, str]]

T = "id,time,from,to,amount,currency\n"
ROWS = "t1,2026-01-01,V,M,100,CNY\nt2,2026-01-02,M,X,60,CNY\nt3,2026-01-03,M,Y,60,CNY\n"
S = "transfer_id,victim\nt1,V1\n"
O = "account,amount\nM,100\n"  # noqa: E741 - the name of the file in the docs


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in (("T.csv", T + ROWS), ("S.csv", S), ("O.csv", O)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def call(run: Any) -> Call:
    def called(folder: Path, *words: str) -> tuple[int, str]:
        given = ["trace", "--transfers", str(folder / "T.csv"), "--sources", str(folder / "S.csv")]
        said = run(*given, *words)
        return said.code, said.out if said.code == 0 else said.sentence()

    return called


def answer(call: Call, folder: Path, *words: str) -> dict[str, dict[str, str]]:
    code, text = call(folder, "--openings", str(folder / "O.csv"), *words, "--json")
    assert code == 0, text
    return {row["account"]: row["victims"] for row in json.loads(text)["accounts"]}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("fifo", {"M": {"V1": "80.00"}, "Y": {"V1": "20.00"}}),
        ("lifo", {"X": {"V1": "60.00"}, "Y": {"V1": "40.00"}}),
        ("pro-rata", {"M": {"V1": "40.00"}, "X": {"V1": "30.00"}, "Y": {"V1": "30.00"}}),
        ("libr", {"M": {"V1": "80.00"}, "Y": {"V1": "20.00"}}),
        ("tainted-first", {"X": {"V1": "60.00"}, "Y": {"V1": "40.00"}}),
        ("tiho", {"X": {"V1": "60.00"}, "Y": {"V1": "40.00"}}),
        ("poison", {"M": {"V1": "100.00"}, "X": {"V1": "60.00"}, "Y": {"V1": "60.00"}}),
    ],
)
def test_each_rule_answers_on_files_alone(
    call: Call, files: Path, rule: str, expected: dict[str, dict[str, str]]
) -> None:
    assert answer(call, files, "--rule", rule) == expected


def test_a_payment_taken_back_returns_to_its_old_place(call: Call, files: Path) -> None:
    back = "t4,2026-01-03,X,M,60,CNY,,t2\nt5,2026-01-04,M,Z,100,CNY,,\n"
    head = T.replace("y\n", "y,kind,reverses\n")
    rows = head + ROWS.replace("CNY\n", "CNY,,\n").replace("t3,2026-01-03", "t3,2026-01-05") + back
    (files / "T.csv").write_text(rows, encoding="utf-8")
    # M holds 100 of its own and V's 100; t2 comes back as own money, so own money is first again.
    assert answer(call, files, "--rule", "fifo")["M"] == {"V1": "40.00"}
    assert answer(call, files, "--rule", "fifo")["Y"] == {"V1": "60.00"}


def test_an_amount_below_zero_is_the_same_payment_the_other_way_round(
    call: Call, files: Path
) -> None:
    (files / "T.csv").write_text(T + ROWS + "t4,2026-01-04,Z,Y,-20,CNY\n", encoding="utf-8")
    turned = answer(call, files, "--rule", "lifo")
    (files / "T.csv").write_text(T + ROWS + "t4,2026-01-04,Y,Z,20,CNY\n", encoding="utf-8")
    assert turned == answer(call, files, "--rule", "lifo")
    assert turned["Z"] == {"V1": "20.00"}


@pytest.mark.parametrize("rule", ["fifo", "lifo", "libr", "tainted-first", "tiho", "poison"])
def test_both_engines_print_the_same(call: Call, files: Path, rule: str) -> None:
    pytest.importorskip("numba", reason="the extra `fast` is not installed")
    plain, kernel = (
        call(files, "--rule", rule, "--paths", "--json", "--engine", engine)[1]
        for engine in ("plain", "kernel")
    )
    assert plain.replace('"plain"', '"kernel"') == kernel


def test_the_assumption_about_openings_is_always_told(call: Call, files: Path) -> None:
    opening = json.loads(call(files, "--json")[1])["opening"]
    assert (opening["basis"], opening["shortages"]) == ("inferred", 0)
    opening = json.loads(call(files, "--json", "--opening", "zero")[1])["opening"]
    # The victim's own account and M both pay more than is known to have been there.
    assert opening == {
        "basis": "zero", "accounts": 0, "shortages": 2, "short": {"CNY": "120.00"},
    }  # fmt: skip


def test_sensitivity_says_how_much_lies_elsewhere_under_other_openings(
    call: Call, files: Path
) -> None:
    told = json.loads(call(files, "--json", "--sensitivity")[1])["sensitivity"]
    assert told["opening zero"] == {"CNY": "20.00"}
    assert told["same-day order credits first"] == {"CNY": "0.00"}


def test_on_one_day_a_payer_comes_before_who_pays_on(call: Call, tmp_path: Path) -> None:
    rows = "t1,2026-01-02,M,X,60,CNY\nt2,2026-01-02,V,M,100,CNY\n"
    (tmp_path / "T.csv").write_text(T + rows, encoding="utf-8")
    (tmp_path / "S.csv").write_text("transfer_id,victim\nt2,V1\n", encoding="utf-8")
    document = json.loads(call(tmp_path, "--json", "--opening", "zero")[1])
    assert {r["account"]: r["victims"]["V1"] for r in document["accounts"]} == {
        "M": "40.00", "X": "60.00",
    }  # fmt: skip


def test_an_account_that_never_pays_is_the_frontier_and_an_empty_payee_a_way_out(
    call: Call,
    tmp_path: Path,
) -> None:
    rows = "t1,1,V,M,100,CNY,\nt2,2,M,X,60,CNY,\nt3,3,M,,30,CNY,cash\n"
    (tmp_path / "T.csv").write_text(T.strip() + ",kind\n" + rows, encoding="utf-8")
    (tmp_path / "S.csv").write_text(S, encoding="utf-8")
    document = json.loads(call(tmp_path, "--json", "--opening", "zero")[1])
    assert {r["account"]: r["frontier"] for r in document["accounts"]} == {"M": False, "X": True}
    assert document["sinks"] == [
        {"kind": "cash", "account": "M", "currency": "CNY", "victims": {"V1": "30.00"}}
    ]


@pytest.mark.parametrize(
    ("transfers", "sources", "sentence"),
    [
        ("", S, "T.csv, line 1: column id, time, from, to, amount, currency is missing"),
        ("id,time,from,to,amount\n", S, "T.csv, line 1: column currency is missing"),
        (T, S, "T.csv holds no transfers: there is nothing to trace"),
        (
            T + "t1,2026-01-01,V,M,1.005,CNY\n",
            S,
            "T.csv, line 2: amount 1.005 has more than 2 decimals",
        ),
        (
            T.replace("y\n", "y,reverses\n") + "t1,2026-01-01,V,M,1,CNY,t9\n",
            S,
            "T.csv, line 2: reverses t9, which is not in the file",
        ),
        (T + "t1,2026-01-01,V,M,nan,CNY\n", S, "T.csv, line 2: amount 'nan' is no decimal"),
        (T + "t1,soon,V,M,1,CNY\n", S, "T.csv, line 2: time 'soon' is neither"),
        (T + "t1,2026-01-01,V,M,1,cn\n", S, "T.csv, line 2: currency 'CN' is not in ISO 4217"),
        (T + "t1,2026-01-01,V,M\n", S, "T.csv, line 2: 4 cells where the header has 6"),
        (T + ROWS + "t1,2026-01-09,M,Z,1,CNY\n", S, "T.csv, line 5: id t1 is that of line 2"),
        (T + ROWS, "transfer_id,victim\nt9,V1\n", "S.csv, line 2: transfer_id t9 is not among"),
        (T + ROWS, "transfer_id,victim\nt1,\n", "S.csv, line 2: victim is empty"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(
    call: Call, tmp_path: Path, transfers: str, sources: str, sentence: str
) -> None:
    (tmp_path / "T.csv").write_text(transfers, encoding="utf-8")
    (tmp_path / "S.csv").write_text(sources, encoding="utf-8")
    code, said = call(tmp_path)
    assert code == 3
    assert said.startswith(sentence)


def test_a_byte_order_mark_windows_lines_and_blank_lines_change_nothing(
    call: Call, files: Path
) -> None:
    before = answer(call, files)
    text = "\ufeff" + (T + ROWS).replace("\n", "\r\n") + "\r\n"
    (files / "T.csv").write_bytes(text.encode())
    assert answer(call, files) == before
