"""One message tree: what the screens say in English has its words in Chinese, and nothing else."""

from __future__ import annotations

import ast
import re
from string import Formatter

import pytest

from models.language.catalogue import Language, read, words_of
from tests.language import messages

CHINESE = words_of(Language.CHINESE)
OF_DATA = frozenset({"dispatch", "timestamp", "frontier", "in the account", "outside"})
"""Names that come out of data rather than of an enumeration, such as the rules of a law."""
COMMAND = re.compile(r"`[^`]*`|\$ .*")


def figures(text: str) -> set[str]:
    """What a message has to be given by name."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_message_of_the_screens_has_chinese_words() -> None:
    missing = {m: place for m, place in messages.said().items() if m not in CHINESE}
    assert not missing, "\n".join(f"{place}: {text}" for (_, text), place in missing.items())
    assert len(messages.said()) > 1500


def test_every_name_that_is_stored_as_a_code_has_chinese_words() -> None:
    assert sorted(messages.names() - CHINESE.keys()) == []


def test_what_an_approval_binds_is_called_something_in_chinese() -> None:
    assert sorted(set(messages.figure_names()) - CHINESE.keys() - {("", "")}) == []


def test_no_chinese_words_are_said_by_nobody() -> None:
    used = messages.said().keys() | messages.names() | set(messages.figure_names())
    unused = {text for context, text in CHINESE.keys() - used if context or text not in OF_DATA}
    assert sorted(unused) == []


def test_both_languages_name_the_same_figures() -> None:
    wrong = {text: words for (_, text), words in CHINESE.items() if figures(text) != figures(words)}
    assert wrong == {}


def test_no_message_stands_in_two_files() -> None:
    entries = [message for _, found in read(Language.CHINESE) for message in found]
    assert len(entries) == len(set(entries))


def test_chinese_words_are_chinese() -> None:
    """What has only figures, signs and commands in it reads the same in both languages."""
    english = [
        text
        for (_, text), words in CHINESE.items()
        if not any("\u4e00" <= letter <= "\u9fff" for letter in words)
        and messages.has_words(COMMAND.sub("", words))
    ]
    assert english == ["PDF"]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('phrase("lost by {count}", count=n)', [("", "lost by {count}")]),
        ('phrase("back", context_="payout")', [("payout", "back")]),
        ('counted(n, "recovery", "recoveries")', [("", "{number:,} recoveries")]),
        ('Binding("n", "next", "Next step", tooltip="Do it")', [("", "Next step"), ("", "Do it")]),
        ('Column("  time left", short="left")', [("", "time left"), ("", "left")]),
        ('other("nothing of it")', []),
    ],
)
def test_a_message_is_found_where_it_is_said(code: str, found: list[tuple[str, str]]) -> None:
    (call,) = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))
    assert list(messages.of_call(call)) == found
