"""Two people at one `recovery serve` at the same time, one in Chinese and one in English."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
from collections.abc import Iterator

import pytest

from tests.cli.served import Served, served, user
from tests.patience import PATIENCE_SECONDS

ADA, BEN = 64_111, 64_112
"""System users that no machine has."""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several users")


@pytest.fixture(scope="module")
def unit() -> Iterator[Served]:
    """Served to ada, its officer, and ben, its supervisor."""
    with served(user(ADA), user(BEN)) as made:
        yield made
        for left in made.children():  # a session that a failed test has left holds the service
            os.kill(left, signal.SIGKILL)


class Terminal:
    """The screens of one system user, on a terminal of his own."""

    def __init__(self, unit: Served, uid: int) -> None:
        self._mine, theirs = pty.openpty()
        os.chown(os.ttyname(theirs), uid, -1)
        self.caller = unit.starts("tui", streams=(theirs, theirs, theirs), uid=uid)
        os.close(theirs)

    def types(self, keys: str) -> None:
        """Press these keys."""
        os.write(self._mine, keys.encode())

    def until(self, mark: str) -> str:
        """What was written to the terminal, up to a mark in it."""
        seen = b""
        while mark.encode() not in seen:
            is_there, _, _ = select.select([self._mine], [], [], PATIENCE_SECONDS)
            assert is_there, f"{mark} did not come: {seen.decode(errors='ignore')[-2_000:]}"
            seen += os.read(self._mine, 65_536)
        return seen.decode(errors="ignore")

    def leaves(self) -> str:
        """Quit; what was written until then."""
        self.types("q")
        seen = self.until("\x1b[?1049l")
        assert os.waitstatus_to_exitcode(os.waitpid(self.caller, 0)[1]) == 0
        os.close(self._mine)
        return seen


def is_chinese(text: str) -> bool:
    return bool(re.search("[\u4e00-\u9fff]", text))


def test_each_of_two_people_at_once_has_his_own_language_and_commands_are_english(
    unit: Served,
) -> None:
    ada, ben = Terminal(unit, ADA), Terminal(unit, BEN)
    ada.until("No open recovery")
    ben.until("No open recovery")
    ada.types("K")
    ada.until("没有在办案件")
    ben.types("3")
    assert not is_chinese(ben.until("No approvals pending."))
    ada.types("3")
    ada.until("没有待审批事项")
    for uid in (ADA, BEN):
        said = unit.call("list", uid=uid)
        assert said.out.startswith("0 open recoveries")
        assert not is_chinese(said.out + said.err)
    assert not is_chinese(ben.leaves())
    ada.leaves()
    again, other = Terminal(unit, ADA), Terminal(unit, BEN)
    again.until("没有在办案件")
    assert not is_chinese(other.until("No open recovery"))
    again.leaves()
    other.leaves()
