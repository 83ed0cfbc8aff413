"""What the pages name is there: functions, commands, files, pictures."""

import importlib
import re
from contextlib import redirect_stderr, redirect_stdout
from functools import lru_cache
from io import StringIO
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_group

from models import document
from recovery_flows.cli import commands

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
ROOTS = ("recovery_flows", "models", "tui", "config")
NAME = re.compile(rf"`((?:{'|'.join(ROOTS)})(?:\.\w+)+)`")
CODE = re.compile(r"^```\w*\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
WORD = r"[a-z][a-z-]*"
COMMAND = re.compile(rf"^\s*(?:RECOVERY_\S+ )?recovery ({WORD}(?: {WORD})?)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)\)")
FILE = re.compile(
    rf"`((?:{'|'.join(ROOTS)}|tests|docs|bench|\.ci)/[\w./-]*|\w[\w-]*\.(?:md|toml|txt|yaml))`"
)
# Named on a page, and there only in a unit's own data folder or not at all yet.
ELSEWHERE = {"views.toml", "recovery.toml", "prefect.yaml"}
PICTURE_BYTES_MAX = 200_000


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def named_commands(page: Path) -> list[str]:
    """The words after `recovery` in fenced code and in code within a line."""
    code = "\n".join(block or span for block, span in CODE.findall(text(page)))
    return sorted(set(COMMAND.findall(code)))


def exists(name: str) -> bool:
    """Whether a dotted name can be imported, its last parts taken as attributes."""
    parts = name.split(".")
    for at in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:at]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[at:]:
            found = getattr(found, attribute, None)
        return found is not None
    return False


@lru_cache(maxsize=1)
def command_line() -> TyperGroup:
    app = typer.Typer()
    commands.attach(app)
    return get_group(app)


def answers_help(words: str) -> bool:
    told = StringIO()
    with redirect_stdout(told), redirect_stderr(told), pytest.raises(SystemExit) as ended:
        command_line().main([*words.split(), "--help"], prog_name="recovery")
    return ended.value.code == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_function_that_a_page_names_exists(page: Path) -> None:
    assert [name for name in NAME.findall(text(page)) if not exists(name)] == []


def test_the_way_of_a_datum_is_told_by_names_and_a_wrong_name_is_found() -> None:
    assert len(set(NAME.findall(text(ROOT / "docs" / "datum.md")))) > 25
    assert not exists("recovery_flows.correspondence.answers.take_nothing")
    assert not exists("models.nothing.at.all")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_answers_help(page: Path) -> None:
    assert [words for words in named_commands(page) if not answers_help(words)] == []


def test_the_table_of_commands_leaves_none_out_and_a_wrong_one_is_found() -> None:
    named = {words.split()[0] for words in named_commands(ROOT / "README.md")}
    commands = command_line().commands
    assert named == {name for name, command in commands.items() if not command.hidden}
    assert not answers_help("ledger burn")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    links = [name for name in LINK.findall(text(page)) if not (page.parent / name).exists()]
    files = set(FILE.findall(text(page))) - ELSEWHERE
    assert links == []
    assert [name for name in sorted(files) if not (ROOT / name).exists()] == []


def test_the_page_of_states_is_up_to_date() -> None:
    assert document.TARGET.read_text(encoding="utf-8") == document.render()


def test_each_screen_has_a_small_picture_in_both_sizes_and_the_readme_shows_it() -> None:
    for screen in ("now", "recovery", "approvals", "summary"):
        for size in ("80x24", "120x40"):
            name = f"docs/img/{screen}-{size}.png"
            assert (ROOT / name).stat().st_size <= PICTURE_BYTES_MAX, name
            assert name in text(ROOT / "README.md")
