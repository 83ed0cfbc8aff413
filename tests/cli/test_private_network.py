"""A partner in a private network takes a supervisor's word for it."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    "host", ["10.1.2.3", "192.168.0.9", "172.16.0.1", "[fd12::1]", "0xa010203"]
)
def test_an_address_in_a_private_network_takes_a_flag(run: Any, unit: Any, host: str) -> None:
    del unit
    words = (
        "partner", "add", "bank-inside", "--as", "chen", "--name", "Synthetic Inside", "--regime",
        "CN", "--currency", "CNY", "--home", "--url", f"https://{host}", "--client-id", "our-unit",
    )  # fmt: skip
    said = run(*words)
    assert said.code == 2
    assert "--private-network if it is meant" in said.sentence()
    assert run(*words, "--private-network").code == 0
