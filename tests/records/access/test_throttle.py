"""What wrong tries cost: whoever guesses waits, and others do not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from models.language.catalogue import Language
from models.language.shown import in_language, shown
from recovery_flows.access.password_log_in import (
    LogInRefusedError,
    unlock,
)
from recovery_flows.access.throttle import TooManyTriesError, wait_after
from tests.records.access.conftest import (
    NOW,
    PASSWORD,
    comes,
    wrong,
)


@pytest.mark.usefixtures("officer")
def test_after_wrong_tries_the_next_waits_and_the_refusal_says_until_when(unit: Any) -> None:
    wrong(unit, 5)
    unit.database.dispose()  # what is counted is not in a process
    with pytest.raises(TooManyTriesError, match=r"at 09:00:30 UTC \(in 30 s\)"):
        comes(unit)
    late = NOW + timedelta(seconds=30)
    wrong(unit, 1, now=late)
    with pytest.raises(TooManyTriesError, match=r"\(in 60 s\)"):
        comes(unit, now=late)
    assert comes(unit, now=late + timedelta(seconds=60)).officer.handle == "chen"
    assert comes(unit, now=late + timedelta(seconds=60)).officer.handle == "chen"


@pytest.mark.usefixtures("officer")
def test_a_source_that_tries_many_names_waits_and_others_do_not(unit: Any) -> None:
    for number in range(10):
        with pytest.raises(LogInRefusedError):
            comes(unit, handle=f"guess-{number}")
    with pytest.raises(TooManyTriesError):
        comes(unit)
    assert comes(unit, source="10.0.0.8").officer.handle == "chen"


@pytest.mark.usefixtures("officer")
def test_an_entry_of_his_own_does_not_wash_a_source_clean(unit: Any) -> None:
    for number in range(9):
        with pytest.raises(LogInRefusedError):
            comes(unit, handle=f"guess-{number}")
        comes(unit)
    with pytest.raises(LogInRefusedError):
        comes(unit, handle="guess-10")
    with pytest.raises(TooManyTriesError):
        comes(unit)


@pytest.mark.usefixtures("officer")
def test_many_wrong_tries_at_once_are_counted_one_by_one(unit: Any) -> None:
    def one(_number: int) -> str:
        try:
            comes(unit, "a wrong one")
        except (LogInRefusedError, TooManyTriesError) as error:
            return type(error).__name__
        return "in"

    with ThreadPoolExecutor(4) as several:
        assert list(several.map(one, range(12))).count("LogInRefusedError") == 5


def test_the_wait_doubles_and_has_an_end() -> None:
    waits = [wait_after("officer", n).total_seconds() for n in range(13)]
    assert waits == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]
    assert wait_after("source", 9_999).total_seconds() == 900


@pytest.mark.usefixtures("officer")
def test_a_wait_of_a_clock_that_was_ahead_counts_once_from_the_next_try(unit: Any) -> None:
    wrong(unit, 5)
    before = NOW - timedelta(days=300)
    for passed in (0, 29):
        with pytest.raises(TooManyTriesError) as refused:
            comes(unit, now=before + timedelta(seconds=passed))
        assert refused.value.seconds == 30 - passed
    assert comes(unit, now=before + timedelta(seconds=30)).officer.handle == "chen"


@pytest.mark.usefixtures("officer")
def test_who_unlocks_is_throttled_too(unit: Any) -> None:
    said = [unlock(unit.database, "chen", "a wrong one", NOW) for _ in range(6)]
    assert said[:5] == ["that is not it"] * 5
    assert said[5].startswith("too many wrong tries")
    with in_language(Language.CHINESE):
        assert shown(said[5]).startswith("错误次数过多")
    assert unlock(unit.database, "chen", PASSWORD, NOW + timedelta(minutes=1)) == ""


@pytest.mark.usefixtures("officer")
def test_wrong_tries_of_others_at_their_screens_keep_nobody_from_his(unit: Any) -> None:
    for number in range(10):
        unlock(unit.database, f"other-{number}", "a wrong one", NOW)
    assert unlock(unit.database, "chen", PASSWORD, NOW) == ""
