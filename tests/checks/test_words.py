"""Names and sentences use the words of asset recovery; private words are named here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("recovery_flows", "models", "tui", "config")
NAMES = {
    "linkage": "multi-agency request", "linking": "multi-agency request",
    "letting": "release", "crossing": "cross-border", "copying": "regulator notice",
    "following": "onward accounts", "watching": "account monitoring", "wake": "next run",
    "waking": "next run", "stepping": "actions", "doing": "actions", "asking": "requests",
    "witness": "inspection", "doors": "access", "visit": "scope", "bending": "fault effects",
    "mishap": "fault", "mishaps": "fault", "fates": "worlds", "told": "reported, notified",
    "said": "status", "gone": "dissipated", "twin": "duplicate",
}  # fmt: skip
"""Words that no public module, class or function is named by, and the field's word for each."""
FREE = {
    "recovery_flows/cases/pages/deadlines.py": {"told"},
    "recovery_flows/cli/abroad/xborder_follow.py": {"told"},
    "recovery_flows/engine/loop.py": {"told"},
    "recovery_flows/tracing/transfers/trace.py": {"told"},
    "tui/screens/live.py": {"said"},
    "tui/screens/looks/documents.py": {"told"},
    "tui/state_styles.py": {"said"},
}
"""What is still named so: a command that scripts may have, and words inside one file."""
SENTENCES = (
    "let go", "letting go", "who may come in", "clock wall", "held against what",
    "taken for dead", "with what the keys", "in which word", "a stale picture", "yes, do it",
    "look again and decide anew", "nobody outside knows", "who counted what",
)  # fmt: skip
"""Turns of phrase that a reader new to the project has to have explained."""


def sources() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def words_of(name: str) -> set[str]:
    """The words of a name in either spelling: `SubjectsForm` and `link_form` have two."""
    return set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_"))


def defined(tree: ast.Module) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node.name for node in ast.walk(tree) if isinstance(node, kinds)]


def private_names(file: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(where, the field's word) for each public name that has a private word in it."""
    for name in (Path(file).stem, *defined(tree)):
        if not name.startswith("_"):
            for word in words_of(name) & NAMES.keys() - FREE.get(file, set()):
                yield f"{file}: {name}", NAMES[word]


def riddles(file: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = " ".join(node.value.lower().split())
            yield from (f"{file}:{node.lineno}: {one}" for one in SENTENCES if one in text)


def test_public_names_are_words_of_the_field() -> None:
    assert [found for file, tree in sources() for found in private_names(file, tree)] == []


def test_no_sentence_is_a_riddle() -> None:
    assert [found for file, tree in sources() for found in riddles(file, tree)] == []


def test_no_exception_outlives_its_name() -> None:
    for file, tree in sources():
        if file in FREE:
            used = set().union(*map(words_of, defined(tree)))
            assert used >= FREE[file], file
    assert all((ROOT / file).is_file() for file in FREE)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("class LinkageForm: ...", ["multi-agency request"]),
        ("def next_wake() -> None: ...", ["next run"]),
        ("def _told() -> None: ...", []),
        ("def untold() -> None: ...", []),
    ],
)
def test_a_private_word_is_found_in_either_spelling(code: str, found: list[str]) -> None:
    assert [word for _, word in private_names("models/x.py", ast.parse(code))] == found
