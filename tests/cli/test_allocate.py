"""`recovery allocate`: files in, shares out; bad files are refused with line and field."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HEAD = "claimant,loss,compensated,withdrawn,loss_time"
G19 = [
    "Zhang,90000,0,0,2026-01-01T10:00:00+08:00",
    "Li,60000.00,0,0,2026-01-02",
    "Wang,50000,10000,0,2026-01-03T00:00:00Z",
]


Call = Callable[..., Any]


@pytest.fixture
def call(run: Any, tmp_path: Path) -> Call:
    def called(rows: list[str], *more: str, pool: str = "100000.00", currency: str = "CNY",
               head: str = HEAD) -> Any:  # fmt: skip
        file = tmp_path / "claims.csv"
        file.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
        words = ["allocate", "--claims", str(file), "--pool", pool, "--currency", currency]
        return run(*words, *more)

    return called


def test_a_division_is_printed_with_all_that_it_rests_on(call: Call) -> None:
    told = call(G19, "--rule", "pro-rata", "--json").json()
    assert [(s["claimant"], s["share"]) for s in told["shares"]] == [
        ("Zhang", "47368.42"), ("Li", "31578.95"), ("Wang", "21052.63"),
    ]  # fmt: skip
    assert (told["residue"], told["rule"], told["version"]) == ("0.00", "pro-rata", "1")
    assert "largest remainder" in told["tie_rule"]
    assert len(told["digest"]) == 64
    assert "CNY 190,000.00" in told["explanation"]


def test_a_short_estate_is_paid_class_by_class_and_the_sums_are_those_made_by_hand(
    call: Call,
) -> None:
    # 50,000.00 less costs of 1,000.00 and medical costs of 2,000.00 less 500.00 leaves 47,500.00.
    # The victims' net losses are 60,000 + 30,000 + 10,000 = 100,000.00: 47.5 % of each.
    rows = [
        "court,1000.00,0,0,2026-01-05,costs",
        "Li (medical),2000.00,500.00,0,2026-01-02,medical",
        "Li,30000.00,0,0,2026-01-02,victims",
        "Zhang,60000.00,0,0,2026-01-01,victims",
        "Wang,20000.00,10000.00,0,2026-01-03,victims",
        "bank,5000.00,0,0,2026-01-01,others",
    ]
    words = ("--rule", "waterfall")
    told = call(rows, *words, "--json", pool="50000.00", head=f"{HEAD},class").json()
    assert {s["claimant"]: s["share"] for s in told["shares"]} == {
        "court": "1000.00", "Li (medical)": "1500.00", "Zhang": "28500.00", "Li": "14250.00",
        "Wang": "4750.00", "bank": "0.00",
    }  # fmt: skip
    assert [(c["class"], c["net_loss"], c["share"]) for c in told["classes"]] == [
        ("costs", "1000.00", "1000.00"), ("medical", "1500.00", "1500.00"),
        ("victims", "100000.00", "47500.00"), ("others", "5000.00", "0.00"),
    ]  # fmt: skip
    assert told["classes"][1]["source"].endswith("(2014) art 13, confirmed")
    page = call(rows, *words, "--explain", "Wang", pool="50000.00", head=f"{HEAD},class").out
    assert "CNY 47,500.00 x CNY 10,000.00 / CNY 100,000.00 = CNY 4,750.00" in page
    assert not [name for name in ("Zhang", "Li", "60,000.00") if name in page]
    table = call(rows, *words, "--compare", pool="50000.00", head=f"{HEAD},class").out
    assert "pro-rata: 1 claim more, 5 claims less than by waterfall" in table


@pytest.mark.parametrize(
    ("head", "row", "more", "words"),
    [
        (HEAD, "a,1,0,0,2026-01-01", (), "column class is missing"),
        (f"{HEAD},class", "a,1,0,0,2026-01-01,", (), "line 2: class is empty: write one of costs"),
        (f"{HEAD},class", "a,1,0,0,2026-01-01,fine", ("--regime", "GB"), "class 'fine' is none"),
        (f"{HEAD},class", "a,1,0,0,2026-01-01,fine", ("--regime", "XX"), "there are: CN, GB"),
    ],
)
def test_a_class_that_the_law_does_not_know_is_refused_with_line_and_remedy(
    call: Call, head: str, row: str, more: tuple[str, ...], words: str
) -> None:
    said = call([row], "--rule", "waterfall", *more, head=head)
    assert said.code == (2 if "XX" in more else 3)
    assert words in said.sentence()


def test_the_order_of_rows_changes_nothing_of_the_document(call: Call) -> None:
    rows = [f"c{n},{1000 + n},{n},0,2026-01-{1 + n % 9:02d}" for n in range(40)]
    first = call(rows, "--rule", "rising-tide", "--json", pool="12345.67").out
    assert (
        call(
            rows[::3] + rows[2::3] + rows[1::3], "--rule", "rising-tide", "--json", pool="12345.67"
        ).out
        == first
    )


def test_all_rules_stand_side_by_side_with_what_differs(call: Call) -> None:
    done = call(G19, "--compare")
    assert "net-loss: the same shares as pro-rata" in done.out
    assert "rising-tide: 2 claims more, 1 claim less than by pro-rata" in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    told = call(G19, "--compare", "--json").json()
    assert told["compared"]["rising-tide"]["shares"]["Wang"] == "17500.00"
    assert told["compared"]["rising-tide"]["differs"] == "3552.63"


@pytest.mark.parametrize(
    "rule",
    ["pro-rata", "pari-passu", "net-loss", "rising-tide", "fifo", "lifo", "admitted-claim"],
)
def test_the_page_of_one_claimant_shows_his_sum_and_nobody_else(call: Call, rule: str) -> None:
    every = call(G19, "--rule", rule, "--json").json()
    share = next(s["share"] for s in every["shares"] if s["claimant"] == "Wang")
    page = call(G19, "--rule", rule, "--explain", "Wang").out
    assert f"This claim gets CNY {int(share.split('.')[0]):,}.{share.split('.')[1]}." in page
    assert every["source"] in page
    assert every["digest"] in page
    assert not [word for word in ("Zhang", "Li ", "CNY 90,000", "CNY 60,000") if word in page]
    alone = call(G19, "--rule", rule, "--explain", "Wang", "--json").json()
    assert [s["claimant"] for s in alone["shares"]] == ["Wang"]


def test_yen_have_no_decimals(call: Call) -> None:
    told = (
        call(["a,5,0,0,2026-01-01", "b,5,0,0,2026-01-02"], "--json", pool="7",
             currency="JPY").json()
    )  # fmt: skip
    assert [s["share"] for s in told["shares"]] == ["4", "3"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("a,,0,0,2026-01-01", "line 3: loss is empty: write 0 where there is none"),
        ("a,-5,0,0,2026-01-01", "line 3: loss -5 is below zero: give the sum without a sign"),
        ("a,5.001,0,0,2026-01-01", "line 3: loss 5.001 has more than 2 decimals of CNY"),
        ("a,5,1e3,0,2026-01-01", "line 3: compensated '1e3' is no decimal number"),
        ("a,5,0,NaN,2026-01-01", "line 3: withdrawn 'NaN' is no decimal number"),
        ("a,5,0,0,yesterday", "line 3: loss_time 'yesterday' is neither ISO 8601 nor"),
        ("a,5,0,0,", "line 3: loss_time is empty: give the time of the first payment"),
        (",5,0,0,2026-01-01", "line 3: claimant has 0 characters: 1 to 200"),
        ("Li,5,0,0,2026-01-01", "line 3: claimant 'Li' is on line 2 too: give one row a claimant"),
        ("a,5,0,0", "line 3: 4 cells where the header has 5"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_field(call: Call, row: str, sentence: str) -> None:
    done = call([G19[1], row], "--json")
    assert done.code == 3
    assert f"claims.csv, {sentence}" in done.sentence()


@pytest.mark.parametrize(
    ("more", "code", "sentence"),
    [
        ({"pool": "-1"}, 2, "--pool -1 is below zero"),
        ({"pool": "1.234"}, 2, "--pool: amount '1.234' has more than 2 decimals for CNY"),
        ({"currency": "XYZ"}, 2, "currency 'XYZ' is not in the list of ISO 4217"),
        ({"head": "claimant,loss"}, 3, "line 1: column compensated, withdrawn, loss_time is"),
        ({"rows": []}, 3, "claims.csv holds no claims"),
    ],
)
def test_a_senseless_question_is_refused_in_one_sentence(
    call: Call, more: dict[str, Any], code: int, sentence: str
) -> None:
    done = call(**{"rows": G19, **more})
    assert done.code == code
    assert sentence in done.sentence()


def test_nobody_is_explained_who_is_not_in_the_file(call: Call) -> None:
    done = call(G19, "--explain", "Chen")
    assert done.code == 2
    assert "claims.csv has no claimant 'Chen'" in done.sentence()
    done = call(G19, "--explain", "Li", "--compare")
    assert done.code == 2


def test_it_reads_no_database_and_loads_no_framework(tmp_path: Path) -> None:
    file = tmp_path / "claims.csv"
    file.write_text("\n".join([HEAD, *G19]), encoding="utf-8")
    code = (
        "import sys; from recovery_flows.cli.commands import app, attach; attach(app)\n"
        f"sys.argv = ['recovery', 'allocate', '--claims', {str(file)!r}, '--pool', '1', "
        "'--currency', 'CNY']\n"
        "try: app()\nexcept SystemExit: pass\n"
        "print([m for m in ('sqlalchemy', 'sqlmodel', 'prefect', 'textual', 'httpx', 'numpy') "
        "if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stderr.strip() == "[]"
    assert [path.name for path in tmp_path.iterdir()] == ["claims.csv"]
