"""How much is written before the write lock is given back, with clocks of the test's own."""

from __future__ import annotations

from collections import deque
from types import SimpleNamespace

import pytest

from models.store import pacing


@pytest.mark.parametrize(
    ("held", "worked", "taken"),
    [
        pytest.param(0.02, 0.02, 3, id="a processor of its own: until it was held for long enough"),
        pytest.param(0.06, 0.006, 4, id="others have the processor: until some work is done"),
        pytest.param(0.12, 0.0, 2, id="it stands still: four times as long, then it is given back"),
        pytest.param(9.0, 0.0, 1, id="one takes very long: no other is begun"),
    ],
)
def test_the_lock_is_given_back_after_some_time_and_some_work(
    monkeypatch: pytest.MonkeyPatch, held: float, worked: float, taken: int
) -> None:
    done = list[int]()
    clocks = SimpleNamespace(
        monotonic=lambda: held * len(done), thread_time=lambda: worked * len(done)
    )
    monkeypatch.setattr(pacing, "time", clocks)
    rest = deque(range(10))
    for one in pacing.for_a_while(rest):
        done.append(one)
    assert done == list(range(taken))
    assert list(rest) == list(range(taken, 10))
