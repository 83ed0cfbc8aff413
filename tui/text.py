"""Words on the screen: whatever comes from outside is made harmless before it is shown."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from models.language.catalogue import Language
from models.language.shown import language_shown, shown
from models.money import Money
from models.safe_text import POP_ISOLATE, closed, safe


def safe_lines(text: str) -> list[str]:
    """Text of several lines, each made safe by itself."""
    return [safe(line) for line in re.split(r"\r\n|\r|\n", text)]


def word(text: object, style: str = "") -> Content:
    """A piece of text from anywhere, safe, in one style and in the language of whoever looks.

    It is never read as markup.
    """
    return Content.styled(safe(shown(text)), style)


def words(*pieces: tuple[object, str] | Content | str) -> Content:
    """Several pieces in a row: plain text, (text, style) pairs, or finished content."""
    made = []
    for piece in pieces:
        if isinstance(piece, Content):
            made.append(piece)
        elif isinstance(piece, tuple):
            made.append(word(*piece))
        else:
            made.append(word(piece))
    return Content("").join(made)


def fitted(text: Content, width: int, *, right: bool = False) -> Content:
    """Exactly `width` cells: cut with `…` or padded; wide characters count two."""
    if width <= 0:
        return Content("")
    if text.cell_length > width:
        text = cut(text, width)
    gap = width - text.cell_length
    return text.pad_left(gap) if right else text.pad_right(gap)


def cut(text: Content, width: int) -> Content:
    """At most `width` cells, the last of them `…` where something is missing."""
    if text.cell_length <= width:
        return text
    kept = 0
    used = 0
    for character in text.plain:
        used += cell_len(character)
        if used > width - 1:
            break
        kept += 1
    is_open = closed(text.plain[:kept]) != text.plain[:kept]
    return text[:kept].append(f"{POP_ISOLATE}…" if is_open else "…")


def padded(text: str, width: int) -> str:
    """A plain string of exactly `width` cells."""
    return set_cell_size(text, width)


def day_and_time(at: datetime, zone: str) -> str:
    """An instant in a zone, short: `2 Mar 14:03`, in Chinese `03-02 14:03`."""
    local = at.astimezone(ZoneInfo(zone))
    if language_shown() is Language.CHINESE:
        return f"{local:%m-%d %H:%M}"
    return f"{local.day} {local:%b %H:%M}"


def zoned_time(at: datetime, zone: str) -> str:
    """An instant in a zone with the zone's short name, short: `2 Mar 14:03 CST`."""
    return f"{day_and_time(at, zone)} {at.astimezone(ZoneInfo(zone)):%Z}"


def full_time(at: datetime, zone: str) -> str:
    """An instant in a zone with the zone's short name: `2 Mar 2026 14:03:22 CST`."""
    local = at.astimezone(ZoneInfo(zone))
    if language_shown() is Language.CHINESE:
        return f"{local:%Y-%m-%d %H:%M:%S %Z}"
    return f"{local.day} {local:%b %Y %H:%M:%S %Z}"


def plain(money: Money) -> str:
    """A sum without its currency, which stands above the table."""
    return str(money).removeprefix(f"{money.currency} ")
