"""Months of holds with banks that misbehave, small enough for every run of the tests."""

from __future__ import annotations

from pathlib import Path

from bench.half_year import simulate


def test_in_half_a_year_nothing_lapses_in_silence_and_nothing_is_sent_twice(tmp_path: Path) -> None:
    found = simulate(holds=8, seed=11, days=130, folder=tmp_path)
    assert found.flaws
    assert found.flaws == {name: [] for name in found.flaws}
    assert found.figures["let go by mistake"] != 0
    assert found.figures["renewals at the banks"] != 0
