"""The program's own colours: blue for money that is safe, orange for time that runs out."""

from __future__ import annotations

from textual.theme import Theme

_VARIABLES = {
    "footer-key-foreground": "#ffb454",
    "block-cursor-text-style": "none",
    "border": "#31435f",
    "border-blurred": "#223047",
    "scrollbar": "#2b3d59",
    "scrollbar-hover": "#3d5680",
    "scrollbar-active": "#6cb6ff",
    "scrollbar-background": "#0e1624",
    "scrollbar-corner-color": "#0e1624",
    "input-selection-background": "#6cb6ff 35%",
}

DARK = Theme(
    name="recovery",
    primary="#6cb6ff",
    secondary="#8fa8c8",
    accent="#ffb454",
    warning="#ffb454",
    error="#ff8a5b",
    success="#56d4e8",
    foreground="#d7e1f0",
    background="#0e1624",
    surface="#131d2f",
    panel="#1b2840",
    dark=True,
    variables=_VARIABLES,
)

LIGHT = Theme(
    name="recovery-light",
    primary="#0b5cad",
    secondary="#52657f",
    accent="#a85400",
    warning="#a85400",
    error="#b33a00",
    success="#00738a",
    foreground="#142033",
    background="#f7f9fc",
    surface="#eef2f8",
    panel="#dfe7f1",
    dark=False,
    variables={"footer-key-foreground": "#a85400", "border": "#a9b8cc"},
)

CONTRAST = Theme(
    name="recovery-contrast",
    primary="#7fd1ff",
    secondary="#ffffff",
    accent="#ffd000",
    warning="#ffd000",
    error="#ff9d5c",
    success="#8cf5ff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1a1a1a",
    dark=True,
    variables={**_VARIABLES, "footer-key-foreground": "#ffd000", "text-muted": "#e0e0e0"},
)

THEMES = (DARK, LIGHT, CONTRAST)
DEFAULT_THEME = DARK.name
