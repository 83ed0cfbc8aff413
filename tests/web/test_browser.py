"""The screens in a real browser, from the log-in to the log-out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.patience import comes
from tests.web.chromium import Browser, Tab, browsing, chromium
from tests.web.conftest import ADA, BEN, PASSWORD, Web

pytestmark = pytest.mark.skipif(chromium() is None, reason="no Chromium is on this machine")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as found:
        yield found


@pytest.fixture
def tab(browser: Browser, web: Web) -> Iterator[Tab]:
    """A tab at the log-in."""
    with browser.tab() as found:
        found.open(f"{web.address}/enter?token={web.token}")
        yield found
    assert comes(lambda: not web.children()), "its tab is gone, and its session is still there"


def log_in(tab: Tab, officer: str, code: str = "", password: str = PASSWORD) -> None:
    tab.fill("officer", officer)
    tab.fill("password", password)
    tab.fill("code", code)
    tab.js("document.getElementById('log-in').click()")


def test_keys_mouse_and_paste_reach_the_screens_of_who_has_logged_in(tab: Tab, web: Web) -> None:
    assert tab.js("location.search") == ""  # the launch token has left the address
    log_in(tab, ADA, web.code(1))
    tab.shows("ada officer", "No open recovery")
    assert tab.js("document.cookie") == ""
    tab.press("i")
    tab.shows("Paste a report here")
    tab.paste("victim: Synthetic Victim\nphone: 000\namount: CNY 12,345.60")
    tab.shows("victim: Synthetic Victim", "amount: CNY 12,345.60")
    tab.press("Escape")
    tab.shows("No open recovery")
    for key in ("5", "4"):
        tab.press(key)
        tab.shows({"4": "All recoveries", "5": "partner"}[key])
    tab.click(*tab.place_of("1 Now"))
    tab.shows("No open recovery")
    tab.js("document.getElementById('log-out').click()")
    tab.shows("You have logged out.")
    tab.open(f"{web.address}/terminal")
    tab.shows("One-time password, or a recovery code")


def test_a_wrong_password_is_refused_and_then_waits(tab: Tab) -> None:
    for _ in range(5):
        log_in(tab, ADA, password="a wrong one")
        tab.shows("officer, password or code is not right")
        tab.js("document.querySelector('.refused').remove()")
    log_in(tab, ADA, password="a wrong one")
    tab.shows("too many wrong tries: the next one is taken at")


def test_a_page_of_another_origin_reaches_neither_form_nor_terminal(tab: Tab, web: Web) -> None:
    log_in(tab, BEN)
    tab.shows("ben supervisor")
    tab.open("data:text/html,<p>an invented page")  # of an origin that is nobody's
    tab.js("onbeforeunload = null")
    found = tab.js(
        "new Promise((done) => { const line = new WebSocket("
        f"'ws://{web.host}/terminal/line?size=80,24');"
        "line.onopen = () => done('open'); line.onclose = () => done('closed'); })"
    )
    assert found == "closed"
