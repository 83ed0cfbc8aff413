"""The directory of authorities: what comes with the program, what two people enter."""

from __future__ import annotations

from typing import Any

from config.authorities import read_authorities
from config.channels import channel_codes

GERMAN = (
    "authorities", "enter", "de-invented", "--state", "DE", "--name", "Invented Office",
    "--channel", "eu_freeze", "--language", "de", "--source", "an invented list, art 1",
    "--checked-on", "2025-08-01",
)  # fmt: skip


def test_what_comes_with_the_program_names_source_day_and_known_channels() -> None:
    rows = read_authorities()
    assert {"cn-mps", "cn-moj", "us-fbi"} <= set(rows)
    for row in rows.values():
        assert row["source"]
        assert row["checked_on"]
        assert set(row["channels"]) <= set(channel_codes())
        assert not row.get("address")  # whoever changes an address takes the letters


def test_an_authority_counts_when_another_person_confirms_it_and_an_old_source_is_marked(
    run: Any, unit: Any, by_two: Any
) -> None:
    del unit
    asked = ("authorities", "--state", "DE", "--channel", "eu_freeze")
    assert (
        run(*asked).out
        == "no authority DE eu_freeze is in the directory: a supervisor enters one\n"
    )
    assert run(*GERMAN).code != 0  # an officer does not enter any
    assert "de-invented is in the directory now" in by_two(*GERMAN).out
    told = run(*asked).out
    assert "Invented Office" in told
    assert "entered by two people  ! read more than 180 days ago" in told
    change = run(*GERMAN, "--address", "Invented Street 1", "--as", "chen", "--json").json()[
        "change"
    ]
    assert "Invented Street" not in run(*asked).out
    assert "Invented Street 1 (now: none)" in run("approve").out
    assert run("approve", change, "--as", "chen").code != 0
    assert run("approve", change).code == 0
    (row,) = run(*asked, "--json").json()
    assert (row["address"], row["entered"], row["stale"]) == ("Invented Street 1", True, True)
    for wrong, sentence in (
        (("--state", "XX"), "is no code of ISO 3166-1"), (("--language", "German"), "ISO 639-1"),
        (("--channel", "fax"), "--channel 'fax': there are"),
        (("--checked-on", "soon"), "is no day"), (("--checked-on", "2031-01-01"), "has not come"),
    ):  # fmt: skip
        said = run(*GERMAN, *wrong, "--as", "chen")
        assert (said.code, sentence in said.err) == (2, True), said.err
