from __future__ import annotations

import pytest

from tests.simulation.share import play_share


def test_the_first_half_of_the_histories_breaks_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    play_share(0, tmp_path_factory)
