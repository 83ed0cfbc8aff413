"""The order within a booking instant is the same on arrays as in the plain rules."""

from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from recovery_flows.tracing.methods.ordering import payers_first, whole_payers_first

np = pytest.importorskip("numpy", reason="the extra `fast` is not installed")
pytest.importorskip("numba", reason="the extra `fast` is not installed")

Row = tuple[int, int, int, int]

tables = st.lists(
    st.tuples(st.integers(0, 2), st.integers(-1, 5), st.integers(-1, 5), st.integers(0, 4)),
    min_size=1,
    max_size=25,
).map(lambda rows: sorted(rows, key=lambda row: row[0]))


def columns(rows: list[Row]) -> list[Any]:
    return [np.array(column, np.int32) for column in zip(*rows, strict=True)]


def ends(row: Row) -> tuple[int | None, int | None]:
    _, payer, payee, _ = row
    return (None if payer < 0 else payer, None if payee < 0 else payee)


@settings(max_examples=300)
@given(tables)
def test_payers_come_before_their_payees(rows: list[Row]) -> None:
    from recovery_flows.tracing.kernel.ordering import rows_payers_first

    batch, payer, payee, _ = columns(rows)
    expected = []
    for _, group in groupby(range(len(rows)), key=lambda n: rows[n][0]):
        places = list(group)
        expected += [places[n] for n in payers_first([ends(rows[place]) for place in places])]
    assert rows_payers_first(batch, payer, payee).tolist() == expected


@settings(max_examples=300)
@given(tables)
def test_each_payer_pays_the_largest_first(rows: list[Row]) -> None:
    from recovery_flows.tracing.kernel.ordering import rows_highest_out

    batch, payer, payee, minor = columns(rows)
    expected = []
    for _, group in groupby(range(len(rows)), key=lambda n: rows[n][0]):
        places = list(group)
        for one in whole_payers_first([ends(rows[place]) for place in places]):
            mine = [places[n] for n in one]
            expected += sorted(mine, key=lambda place: -rows[place][3])
    found = rows_highest_out(batch, payer, payee, minor.astype(np.int64))
    assert found.tolist() == expected
