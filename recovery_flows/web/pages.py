"""The two pages: log-in and terminal; both work without scripts of others and without a network."""

from __future__ import annotations

from html import escape

ENDED = {
    "left": "You have logged out.",
    "idle": "The session ended: nobody had typed for a while.",
    "time": "The session ended after its longest time. Log in again.",
    "stopped": "The session ended: the server was stopped.",
    "elsewhere": "The session is open in another tab.",
    "lost": "The connection was lost, and the session ended with it.",
}
"""What the log-in page says of a session that was there before."""


def _page(title: str, body: str, head: str = "") -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>"
        f'<link rel="stylesheet" href="/static/pages.css">{head}</head>{body}</html>'
    )


def log_in_page(unit_name: str, *, refused: str = "", note: str = "", handle: str = "") -> str:
    """The form; `refused` says why the last try was, `note` how the last session ended."""
    said = f'<p class="refused" role="alert">{escape(refused)}</p>' if refused else ""
    said += f'<p class="note" role="status">{escape(note)}</p>' if note else ""
    first, second = ("", " autofocus") if handle else (" autofocus", "")
    return _page(
        f"{unit_name}: log in",
        f'<body class="log-in"><main><h1>{escape(unit_name)}</h1>{said}'
        '<form method="post" action="/log-in" accept-charset="utf-8">'
        '<label for="officer">Officer</label>'
        '<input id="officer" name="officer" maxlength="40" autocomplete="username"'
        f' autocapitalize="none" spellcheck="false" value="{escape(handle)}"{first}>'
        '<label for="password">Password</label>'
        '<input id="password" name="password" type="password" maxlength="256"'
        f' autocomplete="current-password"{second}>'
        '<label for="code">One-time password, or a recovery code</label>'
        '<input id="code" name="code" maxlength="40" inputmode="text" spellcheck="false"'
        ' autocomplete="one-time-code">'
        '<button id="log-in">Log in</button></form></main></body>',
    )


def terminal_page(unit_name: str, officer: str, idle_minutes: int) -> str:
    """The page of a terminal."""
    return _page(
        f"{unit_name}: {officer}",
        f'<body class="terminal" data-idle="{idle_minutes}"><header>'
        f'<span id="officer">{escape(officer)}</span><span id="told" role="status"></span>'
        '<form method="post" action="/log-out"><button id="log-out">Log out</button></form>'
        '</header><div id="screen"></div></body>',
        '<link rel="stylesheet" href="/static/xterm.css">'
        '<script type="module" src="/static/terminal.js"></script>',
    )
