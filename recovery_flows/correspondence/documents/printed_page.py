"""The same letter set for a printer: one HTML file that needs nothing else, made from its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from models.ids import digest_bytes
from recovery_flows.correspondence.documents.text import SYNTHETIC

_ROW = re.compile(r"^(?P<name>[A-Za-z][^:]{0,40}):  +(?P<text>\S.*)$")
_ADDRESS = "ANSWER TO"
_ITEM = re.compile(r"^\d+\. ")
_STYLE = """
@page { size: A4; margin: 22mm 20mm; }
body { font: 11pt/1.45 Georgia, "Noto Serif", "Noto Serif CJK SC", serif; color: #111;
       max-width: 170mm; margin: 12mm auto; padding: 0 6mm; }
h1 { font-size: 15pt; margin: 9mm 0 4mm; }
h2 { font-size: 10.5pt; letter-spacing: .06em; margin: 7mm 0 2mm; border-bottom: .3mm solid #999; }
table { border-collapse: collapse; margin: 3mm 0; }
th { text-align: left; font-weight: normal; color: #555; padding: .4mm 8mm .4mm 0;
     vertical-align: top; white-space: nowrap; }
td { padding: .4mm 0; overflow-wrap: anywhere; }
p { margin: 2mm 0; } p.lines { white-space: pre-line; }
.mark { border: .5mm solid #b00; color: #b00; padding: 1mm 3mm; font-weight: bold; }
footer { margin-top: 9mm; font-size: 8.5pt; color: #555; overflow-wrap: anywhere; }
@media print { body { margin: 0; padding: 0; } h2 { break-after: avoid; } }
"""


def letter_page(text: bytes) -> bytes:
    """The HTML of a letter; its foot names the SHA-256 of the text that it is made from."""
    lines = text.decode().splitlines()
    blocks = [list(group) for empty, group in groupby(lines, lambda line: not line) if not empty]
    body = "\n".join(_set(blocks))
    foot = f"SHA-256 of this letter as text: {digest_bytes(text)}"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Letter</title><style>{_STYLE}</style></head>\n<body>\n{body}\n"
        f"<footer>{foot}</footer>\n</body></html>\n"
    ).encode()


def _set(blocks: list[list[str]]) -> Iterator[str]:
    """Capitals after the first table are headings, the first of them the title.

    Addresses keep their lines: what stands before the title, and where the answer goes.
    """
    has_table, last = False, ""
    for block in blocks:
        if block == [SYNTHETIC]:
            yield f'<p class="mark">{escape(SYNTHETIC)}</p>'
        elif has_table and len(block) == 1 and block[0].isupper():
            level, last = "h2" if last else "h1", block[0]
            yield f"<{level}>{escape(last.capitalize())}</{level}>"
        elif _ROW.match(block[0]):
            has_table = True
            yield _table(block)
        elif _ITEM.match(block[0]):
            yield _list(block)
        elif last in ("", _ADDRESS):
            yield f'<p class="lines">{escape(chr(10).join(block))}</p>'
        else:
            yield f"<p>{escape(' '.join(block))}</p>"


def _table(block: list[str]) -> str:
    rows: list[list[str]] = []
    for line in block:
        match = _ROW.match(line)
        if match:
            rows.append([match["name"], match["text"]])
        else:
            rows[-1][1] += f" {line.strip()}"
    cells = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in rows)
    return f"<table>{cells}</table>"


def _list(block: list[str]) -> str:
    items: list[str] = []
    for line in block:
        if _ITEM.match(line):
            items.append(_ITEM.sub("", line))
        else:
            items[-1] += f" {line.strip()}"
    return "<ol>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ol>"
