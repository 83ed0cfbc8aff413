"""The two pages: log-in and terminal; both work without scripts of others and without a network.

They are worded in the language that is shown where they are made.
"""

from __future__ import annotations

from html import escape

from models.language.phrase import as_phrase, phrase
from models.language.shown import language_shown, shown

ENDED = {
    "left": phrase("You have logged out."),
    "idle": phrase("The session ended: nobody had typed for a while."),
    "time": phrase("The session ended after its longest time. Log in again."),
    "stopped": phrase("The session ended: the server was stopped."),
    "elsewhere": phrase("The session is open in another tab."),
    "lost": phrase("The connection was lost, and the session ended with it."),
}
"""What the log-in page says of a session that was there before."""


def _page(title: str, body: str, head: str = "") -> str:
    return (
        f'<!doctype html><html lang="{language_shown()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>"
        f'<link rel="stylesheet" href="/static/pages.css">{head}</head>{body}</html>'
    )


def _text(words: str) -> str:
    """Words of the page, in the language that is shown."""
    return escape(shown(words))


def log_in_page(unit_name: str, *, refused: str = "", note: str = "", handle: str = "") -> str:
    """The form; `refused` says why the last try was, `note` how the last session ended."""
    why = escape(shown(as_phrase(refused)))
    said = f'<p class="refused" role="alert">{why}</p>' if refused else ""
    said += f'<p class="note" role="status">{escape(shown(note))}</p>' if note else ""
    officer, password = _text(phrase("Officer")), _text(phrase("Password"))
    code = _text(phrase("One-time password, or a recovery code"))
    enter = _text(phrase("Log in"))
    first, second = ("", " autofocus") if handle else (" autofocus", "")
    return _page(
        shown(phrase("{unit}: log in", unit=unit_name)),
        f'<body class="log-in"><main><h1>{escape(unit_name)}</h1>{said}'
        '<form method="post" action="/log-in" accept-charset="utf-8">'
        f'<label for="officer">{officer}</label>'
        '<input id="officer" name="officer" maxlength="40" autocomplete="username"'
        f' autocapitalize="none" spellcheck="false" value="{escape(handle)}"{first}>'
        f'<label for="password">{password}</label>'
        '<input id="password" name="password" type="password" maxlength="256"'
        f' autocomplete="current-password"{second}>'
        f'<label for="code">{code}</label>'
        '<input id="code" name="code" maxlength="40" inputmode="text" spellcheck="false"'
        ' autocomplete="one-time-code">'
        f'<button id="log-in">{enter}</button></form></main></body>',
    )


def terminal_page(unit_name: str, officer: str, idle_minutes: int) -> str:
    """The page of a terminal."""
    offline = _text(phrase("no network"))
    return _page(
        f"{unit_name}: {officer}",
        f'<body class="terminal" data-idle="{idle_minutes}" data-offline="{offline}"><header>'
        f'<span id="officer">{escape(officer)}</span><span id="told" role="status"></span>'
        '<form method="post" action="/log-out"><button id="log-out">'
        f"{_text(phrase('Log out'))}</button></form>"
        '</header><div id="screen"></div></body>',
        '<link rel="stylesheet" href="/static/xterm.css">'
        '<script type="module" src="/static/terminal.js"></script>',
    )
