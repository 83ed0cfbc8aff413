"""The worlds of payments and the helper whose processes are killed, once for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.faults.sending.conftest import without_settings
from tests.faults.sending.payments.worlds import Killer, Worlds


@pytest.fixture(scope="session")
def bare_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        without_settings(patch)
        yield


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory, bare_environment: None) -> Worlds:
    del bare_environment
    return Worlds(tmp_path_factory.mktemp("payments"))


@pytest.fixture(scope="session")
def killer(bare_environment: None) -> Iterator[Killer]:
    del bare_environment
    helper = Killer(os.environ)
    yield helper
    helper.end()
