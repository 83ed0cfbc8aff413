"""A file of claims is read many rows at once; what it refuses is named as if row by row."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from recovery_flows.restitution.claims_file import read_claims
from recovery_flows.restitution.methods.stakes import Stake
from recovery_flows.tracing.transfers.rows import FileRefusedError

HEAD = "claimant,loss,compensated,withdrawn,loss_time"
PLAIN = [f"c{n},{n}.50,0,{n}.05,2026-01-01T00:00:{n % 60:02d}Z" for n in range(1, 6000)]
AT = datetime(2026, 1, 1, tzinfo=UTC)


def _file(folder: Path, *rows: str) -> Path:
    path = folder / "claims.csv"
    path.write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
    return path


def _refused(path: Path) -> str:
    with pytest.raises(FileRefusedError) as refused:
        read_claims(path, "CNY")
    return str(refused.value)


def test_one_odd_spelling_among_thousands_changes_no_other_claim(tmp_path: Path) -> None:
    plain = read_claims(_file(tmp_path, *PLAIN), "CNY")
    assert plain[59] == Stake("c60", AT, 6050, 0, 6005)
    odd = [" c1 ,1.5, 0.0 ,1.05,2026/01/01 00:00:01", "", *PLAIN[1:]]
    assert read_claims(_file(tmp_path, *odd), "CNY") == plain


@pytest.mark.parametrize("place", [10, 4095, 4096, 5990])
@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("x,1.234,0,0,2026-01-01T00:00:00Z", "loss 1.234 has more than 2 decimals of CNY"),
        ("x,1,-2,0,2026-01-01T00:00:00Z", "compensated -2 is below zero"),
        ("x,1,0,,2026-01-01T00:00:00Z", "withdrawn is empty: write 0 where there is none"),
        ("x,1.00,0,0,", "loss_time is empty"),
        (
            "x,1.00,0,0,0001-01-01T00:00:00+08:00",
            "loss_time '0001-01-01T00:00:00+08:00' is neither",
        ),
        ("x,1.00,0,0,soon", "loss_time 'soon' is neither ISO 8601 nor a whole number"),
        ("c5,1.00,0,0,2026-01-01T00:00:00Z", "claimant 'c5' is on line 6 too"),
        (",1.00,0,0,2026-01-01T00:00:00Z", "claimant has 0 characters"),
        ("x,1.00,0,0", "4 cells where the header has 5"),
    ],
)
def test_a_bad_row_is_named_wherever_it_stands(
    tmp_path: Path, place: int, row: str, why: str
) -> None:
    rows = [*PLAIN[:place], row, *PLAIN[place:]]
    assert f"line {place + 2}: {why}" in _refused(_file(tmp_path, *rows))


def test_the_first_of_two_bad_rows_is_named_also_before_one_that_is_no_row(tmp_path: Path) -> None:
    rows = [*PLAIN[:20], "x,much,0,0,2026-01-01T00:00:00Z", "y,1.00"]
    assert "line 22: loss 'much' is no decimal number" in _refused(_file(tmp_path, *rows))


def test_two_sums_in_one_cell_move_no_sum_to_the_next_claim(tmp_path: Path) -> None:
    rows = [*PLAIN[:2], 'x,"1.00\n2.00",0,0,2026-01-01T00:00:00Z', *PLAIN[2:4]]
    assert "line 4: loss '1.00\\n2.00' is no decimal" in _refused(_file(tmp_path, *rows))
