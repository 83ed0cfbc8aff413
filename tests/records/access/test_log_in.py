"""Passwords, one-time passwords, recovery codes and what wrong tries cost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from models.entities.officer import Role
from models.queries.audit.verify import verify
from models.store.log_ins import Secrets, record_log_in
from models.store.people import appoint
from models.store.permissions import NotPermittedError
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.access import own_log_in
from recovery_flows.access.own_log_in import make_codes, set_password
from recovery_flows.access.password_log_in import (
    LogInRefusedError,
)
from recovery_flows.access.registers import ask_log_in_reset, decide
from recovery_flows.errors import MisuseError, StepRefusedError
from tests.records.access.conftest import (
    NOW,
    OFFICER,
    PASSWORD,
    SUPERVISOR,
    at,
    comes,
    events,
    wrong,
)


@pytest.mark.usefixtures("officer")
def test_a_password_lets_its_officer_in_with_his_roles(unit: Any) -> None:
    entered = comes(unit)
    assert (entered.officer.handle, entered.must_set) == ("chen", "")
    assert entered.officer == unit.case_officer().officer


@pytest.mark.usefixtures("officer")
@pytest.mark.parametrize(
    "password",
    [
        "",
        "\0",
        PASSWORD + "\0",
        PASSWORD.upper(),
        PASSWORD[:-1],
        "x" * 1_000_000,
        "\ud800",
        "密" * 300,
    ],
)
def test_no_other_password_does_whatever_is_typed(unit: Any, password: str) -> None:
    with pytest.raises(LogInRefusedError, match="is not right"):
        comes(unit, password)


@pytest.mark.usefixtures("officer")
@pytest.mark.parametrize(
    "handle", ["", "wu", "nobody", "engine", "chen\0", "陈", "\ud800", "c" * 5000, "' OR 1=1 --"]
)
def test_whoever_has_no_log_in_is_refused_in_the_same_words(unit: Any, handle: str) -> None:
    with pytest.raises(LogInRefusedError, match="officer, password or code is not right"):
        comes(unit, handle=handle)


@pytest.mark.usefixtures("officer")
def test_a_password_is_one_however_a_keyboard_spells_it(unit: Any, officer: Any) -> None:
    set_password(officer, "caf\u00e9 sole\u0301 \ufb01ne dime", PASSWORD)
    assert comes(unit, "cafe\u0301 sol\u00e9 fine dime").officer.handle == "chen"


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("", "12 to 256"), ("short", "12 to 256"), ("x" * 257, "12 to 256"),
        ("an invented\0phrase", "control characters"), ("aaaaaaaaaaaabb", "different characters"),
        ("chenchenchen", "different characters"), ("chenchenchen12", "handle"),
    ],
)  # fmt: skip
def test_a_password_that_can_be_guessed_or_not_typed_is_not_taken(
    unit: Any, new: str, why: str
) -> None:
    with pytest.raises(MisuseError, match=why):
        set_password(unit.case_officer(), new)
    assert events(unit) == []


def test_a_password_changes_by_the_one_before_it_and_its_second_factor_stays(
    unit: Any, officer: Any, secret: str
) -> None:
    with pytest.raises(StepRefusedError, match="that is not it; nothing was changed"):
        set_password(officer, "another invented phrase", "a wrong one")
    set_password(officer, "another invented phrase", PASSWORD)
    with pytest.raises(LogInRefusedError):
        comes(unit, PASSWORD, at(secret, NOW))
    assert comes(unit, "another invented phrase", at(secret, NOW)).officer.handle == "chen"


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_go_wrong_by_one_step(unit: Any, secret: str, steps: int) -> None:
    assert comes(unit, code=at(secret, NOW, steps)).must_set == ""


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_and_by_no_more(unit: Any, secret: str, steps: int) -> None:
    with pytest.raises(LogInRefusedError):
        comes(unit, code=at(secret, NOW, steps))


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize(
    "code", ["", "000000", "abcdef", "１２３４５６", "1" * 100_000, "\0", "aaaa-" * 4]
)
def test_without_the_second_factor_a_right_password_is_not_enough(unit: Any, code: str) -> None:
    with pytest.raises(LogInRefusedError):
        comes(unit, code=code)


def test_a_one_time_password_counts_once_and_none_before_it_afterwards(
    unit: Any, secret: str
) -> None:
    comes(unit, code=at(secret, NOW))
    for steps in (0, -1):
        with pytest.raises(LogInRefusedError):
            comes(unit, code=at(secret, NOW, steps))
    comes(unit, code=at(secret, NOW, 1))


def test_of_two_at_the_same_moment_by_one_password_of_a_moment_one_enters(
    unit: Any, secret: str
) -> None:
    def one(_number: int) -> bool:
        try:
            comes(unit, code=at(secret, NOW))
        except LogInRefusedError:
            return False
        return True

    with ThreadPoolExecutor(3) as several:
        assert sorted(several.map(one, range(3))) == [False, False, True]


def test_a_recovery_code_counts_once_in_any_spelling(unit: Any, officer: Any, secret: str) -> None:
    codes = make_codes(officer, PASSWORD)
    assert len(set(codes)) == 10
    entered = comes(unit, code=codes[3].upper().replace("-", " "))
    assert entered.codes_left == 9
    with pytest.raises(LogInRefusedError):
        comes(unit, code=codes[3])
    assert comes(unit, code=codes[4]).codes_left == 8
    make_codes(officer, PASSWORD)
    with pytest.raises(LogInRefusedError):
        comes(unit, code=codes[5])
    assert comes(unit, code=at(secret, NOW)).codes_left is None


def test_what_happens_while_a_log_in_is_set_stays_so(
    unit: Any, officer: Any, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes, checks = make_codes(officer, PASSWORD), own_log_in.unlock
    between = [
        lambda: comes(unit, code=codes[0]),
        lambda: set_password(officer, "yet another phrase", "another invented phrase"),
    ]

    def slow(*typed: Any) -> str:
        wrong, meanwhile = checks(*typed), between and between.pop(0)
        if meanwhile:
            meanwhile()
        return wrong

    monkeypatch.setattr(own_log_in, "unlock", slow)
    set_password(officer, "another invented phrase", PASSWORD)
    with pytest.raises(LogInRefusedError):  # the code that was used in between
        comes(unit, "another invented phrase", codes[0])
    with pytest.raises(StepRefusedError, match="was changed meanwhile: nothing was set"):
        make_codes(officer, "another invented phrase")
    assert comes(unit, "yet another phrase", at(secret, NOW)).must_set == ""


@pytest.mark.usefixtures("officer")
def test_where_everybody_needs_a_second_factor_one_without_it_is_let_in_to_set_it(
    unit: Any,
) -> None:
    assert comes(unit, second_factor=True).must_set == "second-factor"


@pytest.mark.usefixtures("secret")
def test_every_entry_and_refusal_is_an_event_and_no_secret_is_in_any(
    unit: Any, officer: Any, secret: str
) -> None:
    codes = make_codes(officer, PASSWORD)
    comes(unit, code=at(secret, NOW))
    comes(unit, code=codes[0])
    wrong(unit, 1)
    assert events(unit) == [
        "set", "second_factor_set", "codes_made", "entered", "entered_by_code", "refused",
    ]  # fmt: skip
    unit.database.dispose()
    raw = b"".join(path.read_bytes() for path in unit.folder.glob("*") if path.is_file())
    raw += unit.database.heads.path.read_bytes()
    hidden = [PASSWORD, secret, "argon2", *codes, codes[0].replace("-", "")]
    assert [text for text in hidden if text.encode() in raw] == []
    assert verify(unit.database) == ()


def test_nobody_sets_the_log_in_of_another(unit: Any) -> None:
    for actor, other in ((OFFICER, "wu"), (SUPERVISOR, "chen"), (ENGINE, "chen")):
        with pytest.raises(NotPermittedError), unit_of_work(unit.database) as work:
            record_log_in(work, actor, unit.now, other, "set", Secrets("a hash"))
    assert events(unit) == []


def test_a_log_in_is_reset_by_two_people_and_set_anew_by_its_officer_alone(
    unit: Any, officer: Any
) -> None:
    supervisor = unit.case_officer(SUPERVISOR)
    with pytest.raises(MisuseError, match="has no log-in to reset"):
        ask_log_in_reset(supervisor, "wu")
    asked = ask_log_in_reset(supervisor, "chen")
    wrong(unit, 1)
    with pytest.raises(StepRefusedError, match="asked for"):
        decide(supervisor, asked, is_yes=True)
    assert comes(unit).officer.handle == "chen"
    assert "is reset" in decide(officer, asked, is_yes=True)
    with pytest.raises(LogInRefusedError):
        comes(unit)
    set_password(officer, "another invented phrase")
    assert comes(unit, "another invented phrase").officer.handle == "chen"


def test_what_an_officer_was_appointed_with_opens_the_door_until_he_has_set_a_log_in(
    unit: Any,
) -> None:
    with unit_of_work(unit.database) as work:
        appoint(work, unit.now, "lee", frozenset({Role.SUPERVISOR}), secret="of the appointment")
    assert comes(unit, "of the appointment", handle="lee").must_set == "password"
    lee = unit.case_officer(Actor("lee", Role.SUPERVISOR))
    set_password(lee, PASSWORD)
    asked = ask_log_in_reset(unit.case_officer(SUPERVISOR), "lee")
    done = decide(unit.case_officer(), asked, is_yes=True)
    assert "only lee sets a new one, by `recovery officer login set` on the machine" in done
    for password in ("of the appointment", PASSWORD):
        with pytest.raises(LogInRefusedError):
            comes(unit, password, handle="lee")
    set_password(lee, "another invented phrase")
    assert comes(unit, "another invented phrase", handle="lee").must_set == ""


def test_secrets_that_were_put_back_by_hand_open_nothing(unit: Any, officer: Any) -> None:
    query = "SELECT secrets_sealed || ' ' || row_seal FROM log_in WHERE id = 'chen'"
    sealed, seal = str(unit.one(query)).split(" ")
    set_password(officer, "another invented phrase", PASSWORD)
    unit.tamper(f"UPDATE log_in SET secrets_sealed = '{sealed}', row_seal = '{seal}'")
    for password in (PASSWORD, "another invented phrase"):
        with pytest.raises(LogInRefusedError):
            comes(unit, password)


@pytest.mark.usefixtures("officer")
def test_the_history_of_a_log_in_that_was_bent_opens_nothing(unit: Any) -> None:
    unit.tamper("UPDATE log_in SET step_used = 99")
    with pytest.raises(LogInRefusedError):
        comes(unit)
