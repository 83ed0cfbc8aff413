from __future__ import annotations

import pytest

from tests.simulation.share import play_share


def test_the_second_half_of_the_histories_breaks_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    play_share(1, tmp_path_factory)
