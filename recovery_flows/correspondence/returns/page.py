"""A document as values: everything that Markdown, JSON and PDF are made from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; `right` numbers the columns that are set to the right, from 0."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part with its heading: sentences, and a table where there is one."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None
    picture: str = ""
    """SVG; Markdown leaves it out, since the table beside it says the same."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document in one language; `mark` says that its data is synthetic, "" where it is not."""

    kind: str
    language: str
    ref: str
    seq: int
    """The last event that it is made from, with its digest."""
    digest: str
    name: str
    """What its files are called, without an ending; it says nothing of anybody."""
    title: str
    sender: str
    mark: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    foot: str


def as_json(document: Document) -> str:
    """The document for programs; the same document gives the same bytes."""
    return json.dumps(asdict(document), ensure_ascii=False, indent=1) + "\n"


def as_markdown(document: Document) -> str:
    """The document as Markdown; nothing in a text can become a heading, a link or a table."""
    lines = [f"**{_plain(document.mark)}**", ""] if document.mark else []
    lines += [_plain(document.sender), "", f"# {_plain(document.title)}", ""]
    lines += [f"- {_plain(name)}: {_plain(text)}" for name, text in document.facts]
    for section in document.sections:
        lines += ["", f"## {_plain(section.heading)}"]
        lines += [line for text in section.paragraphs for line in ("", _plain(text))]
        if section.table is not None:
            lines += ["", *_table(section.table)]
    return "\n".join([*lines, "", _plain(document.foot), ""])


def _table(table: Table) -> list[str]:
    rules = ["--:" if place in table.right else "---" for place in range(len(table.head))]
    return [
        f"| {' | '.join(cells)} |"
        for cells in (
            [_plain(cell) for cell in table.head],
            rules,
            *([_plain(cell) for cell in row] for row in table.rows),
        )
    ]


_MARKUP = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>|#~"} | {"\n": " ", "\r": " "})


def _plain(text: str) -> str:
    return text.translate(_MARKUP)
