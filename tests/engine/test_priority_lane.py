"""The golden-hour lane: an engine that waits for one bank still sends stops to the others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.engine
def test_stops_reach_other_banks_while_one_bank_keeps_the_engine_waiting(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    words = ["-m", "bench.report_to_hold", "--reports", "1", "--rounds", "1", "--out", str(out)]
    told = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    # It stops with an assertion if the other bank had answered before a stop was held.
    assert told.returncode == 0, told.stderr[-2000:]
    assert json.loads(out.read_text())["one bank hangs"]["reports"] == 5
