"""A document as PDF, set by typst with a font that carries Chinese; the same bytes every time."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

from models.language.phrase import phrase
from recovery_flows.correspondence.returns.page import Document
from recovery_flows.errors import UnavailableError

_HERE = Path(__file__).parent
TEMPLATE, FONTS = _HERE / "document.typ", _HERE / "fonts"
LATIN_TO = 0x180
_PUNCTUATION = range(0x2010, 0x2040)


def as_pdf(document: Document) -> bytes:
    """The document set on A4, tagged for screen readers; UnavailableError without typst.

    A sign that the font does not carry stands as its number, such as U+20BB7, never as a box.
    """
    try:
        import typst
    except ImportError:
        raise UnavailableError(
            phrase(
                "PDF takes the package typst (the extra `pdf`): install it, or ask for --format md"
            )
        ) from None
    data = json.dumps(_shown(asdict(document)), ensure_ascii=False)
    made = typst.compile(
        str(TEMPLATE),
        root=str(_HERE),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"document": data},
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave pages where one PDF was asked for")
    return made


def _shown(value: object) -> object:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: _shown(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shown(held) for held in value]
    return value


def printable(text: str) -> str:
    """The text with every sign that the font lacks as its number; a break becomes a space."""
    text = text.replace("\n", " ")
    return "".join(sign if _is_carried(sign) else f"U+{ord(sign):04X}" for sign in text)


@cache
def _is_carried(sign: str) -> bool:
    """Whether the font has it: Latin, punctuation, and the 6,763 signs of GB 2312."""
    if not sign.isprintable():
        return False
    if ord(sign) in _PUNCTUATION or ord(sign) < LATIN_TO:
        return True
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
