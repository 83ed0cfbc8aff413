"""Months of holds with banks that misbehave, small enough for every run of the tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_in_months_nothing_lapses_in_silence_and_nothing_is_sent_twice() -> None:
    words = ["-m", "bench.half_year", "--holds", "6", "--seed", "11", "--days", "125"]
    told = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    figures = dict(line.strip().split(": ", 1) for line in told.stdout.splitlines() if ": " in line)
    assert (told.returncode, told.stderr) == (0, "")
    assert figures["silent lapses"] == figures["orders carried out twice"] == "0"
    assert int(figures["let go by mistake"]) > 0
    assert int(figures["renewals at the banks"]) > 0
