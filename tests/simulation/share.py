"""The histories that each run of the tests plays, in shares, so that two workers can have them.

Of the mutants that 300 histories kill, all but one die by seed 138, and that one's history is a
test of its own (`test_simulation.py`); `python -m bench.simulate` plays as many as one likes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.faults import KINDS

ROOT = Path(__file__).parents[2]
SEEDS, SHARES = 160, 2
SECONDS, LEAST = 30, 3
"""Of CPU for a share, twice what it takes; on a slower machine so many histories at least."""
_ENDS = {"closed_returned", "closed_partial", "closed_no_recovery", "joined"}
_FAULTS = {f"{occasion}:{kind}" for occasion, kinds in KINDS.items() for kind in kinds}


def simulate(*arguments: str) -> str:
    """What `bench.simulate` prints, in a process of its own."""
    command = [sys.executable, "-m", "bench.simulate", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": "0"}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def play_share(number: int, factory: pytest.TempPathFactory) -> None:
    """Play one share; whoever plays the last one of a run looks at what all of them reached."""
    size = SEEDS // SHARES
    folder = factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    new, out = (folder / f"simulated-{number}.{end}" for end in ("new", "json"))
    said = simulate(
        "--from", str(number * size), "--seeds", str(size), "--stories", "0", "--out", str(new),
        "--seconds", str(SECONDS),
    )  # fmt: skip
    new.replace(out)
    figures = json.loads(out.read_text("utf-8"))
    assert LEAST <= figures["histories"] <= size
    assert figures["checks"] > 10 * figures["histories"]
    found = figures["violations"]
    assert not found, (
        f"{found[0]}\n`python -m bench.simulate --story {found[0][0]} --shrink`\n{said}"
    )
    shares = [json.loads(path.read_text("utf-8")) for path in folder.glob("simulated-*.json")]
    if sum(share["histories"] for share in shares) == SEEDS:
        reach_everything(shares)


def reach_everything(shares: list[dict[str, Any]]) -> None:
    """Nine of ten kinds of faults came, the rest is for the long runs of `bench.simulate`.

    Every end but a rejection was reached, engines died and met one another.
    """
    faults = sum((Counter(share["faults_by_kind"]) for share in shares), Counter[str]())
    ends = sum((Counter(share["recoveries_by_end"]) for share in shares), Counter[str]())
    never = _FAULTS - set(faults)
    assert len(never) <= len(_FAULTS) // 10, f"never came: {sorted(never)}"
    assert not _ENDS - set(ends), f"never reached: {sorted(_ENDS - set(ends))}"
    assert min(sum(share[name] for share in shares) for name in ("crashes", "meetings")) > 0
