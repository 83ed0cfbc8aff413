"""Where a token may travel."""

from __future__ import annotations

import pytest

from models.ids import PartnerId
from recovery_flows.errors import UnfitArgumentError
from recovery_flows.partners.rbp1.connection import Line

BANK = PartnerId("bank-a")


@pytest.mark.parametrize(
    "url",
    [
        "http://bank.example",
        "ftp://127.0.0.1",
        "https://user:pw@bank.example",
        "https://bank.example/api",
        "bank.example",
        "http://[",
    ],
)
def test_a_token_travels_only_over_https_or_the_loopback(url: str) -> None:
    with pytest.raises(UnfitArgumentError, match="base_url"):
        Line(BANK, url, "secret-token")


@pytest.mark.parametrize("token", ["", "line\nbreak", "spåce"])
def test_a_token_that_no_header_carries_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(UnfitArgumentError, match="token is empty") as caught:
        Line(BANK, "https://bank.example", token)
    assert "break" not in str(caught.value)


def test_a_line_does_not_show_its_token() -> None:
    assert "secret-token" not in repr(Line(BANK, "https://bank.example", "secret-token"))
