"""`recovery officer login`: each officer sets his own, two people reset one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from recovery_flows.access import passwords, second_factor
from recovery_flows.clock import wall_clock
from tests.cli.conftest import MINE, SECRET, SUPERVISOR, Said

PASSWORD, OTHER = "an invented pass phrase", "another invented phrase"
KNOWN = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
Run = Callable[..., Said]
Shown = Callable[[], Any]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with little memory, and a second factor that is known."""
    monkeypatch.setattr(passwords, "_MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "_LANES", 1)
    monkeypatch.setattr(second_factor, "new_secret", lambda: KNOWN)


@pytest.fixture
def shown(run: Run) -> Shown:
    """What is set of the officer's own log-in."""
    return lambda: run("officer", "login", "show", "--json").json()


@pytest.mark.usefixtures("unit")
def test_an_officer_sets_password_second_factor_and_codes_of_his_own(
    run: Run, shown: Shown
) -> None:
    assert shown() == {"password": False, "second_factor": False, "recovery_codes": 0}
    said = run("officer", "login", "set", stdin=PASSWORD + "\n")
    assert said.out == f"the password of {MINE} is set\n"
    code = second_factor.one_time_password(KNOWN, second_factor.step_at(wall_clock()))
    said = run("officer", "login", "second-factor", stdin=f"{PASSWORD}\n{code}\n")
    assert said.code == 0, said.err
    assert f"otpauth://totp/recovery-flows:{MINE}?secret={KNOWN}&" in said.out
    assert shown() == {"password": True, "second_factor": True, "recovery_codes": 10}
    made = run("officer", "login", "codes", stdin=PASSWORD + "\n").out
    assert len([line for line in made.splitlines() if line.startswith("    ")]) == 10
    assert run("audit", "verify").code == 0


@pytest.mark.usefixtures("unit")
def test_what_is_wrong_sets_nothing_and_says_so(run: Run, shown: Shown) -> None:
    assert run("officer", "login", "set", stdin="short\n").sentence() == (
        "a secret has at least 12 characters"
    )
    said = run("officer", "login", "second-factor", stdin=f"{PASSWORD}\n000000\n")
    assert (said.code, "has no password yet" in said.err) == (3, True)
    run("officer", "login", "set", stdin=PASSWORD + "\n")
    said = run("officer", "login", "set", stdin=f"a wrong one\n{OTHER}\n")
    assert said.sentence() == "the current password: that is not it; nothing was changed"
    said = run("officer", "login", "second-factor", stdin=f"{PASSWORD}\n000000\n")
    assert "not the one-time password of now" in said.err
    assert run("officer", "login", "codes", stdin=PASSWORD + "\n").code == 3
    assert shown() == {"password": True, "second_factor": False, "recovery_codes": 0}


@pytest.mark.usefixtures("unit")
def test_a_reset_takes_a_supervisor_and_another_person(
    run: Run, by_two: Callable[..., Said], shown: Shown
) -> None:
    run("officer", "login", "set", stdin=PASSWORD + "\n")
    assert run("officer", "login", "reset", MINE).code == 3  # no supervisor
    asked = run("officer", "login", "reset", MINE, "--as", SUPERVISOR, "--json").json()
    assert run("approve", asked["change"], "--as", SUPERVISOR).code == 3
    assert shown()["password"] is True
    done = by_two("officer", "login", "reset", MINE)
    assert done.out.startswith(f"the log-in of {MINE} is reset: only {MINE} sets a new one, by ")
    assert done.out.endswith(f"; asked for by {SUPERVISOR}\n")
    assert shown()["password"] is False
    assert run("officer", "login", "set", stdin=OTHER + "\n").code == 0
    assert SECRET not in done.out
