"""What a command imports: only what it needs, so that it starts at once."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlmodel.main import default_registry

import tui
from models.entities.catalogue import BY_NOUN
from models.migrate import alembic_config
from models.schema import schema_numbers
from tui.later import REST

# What costs most to import, and what none of these commands has a use for.
_NEVER = {
    "alembic", "prefect", "textual", "polars", "numba", "numpy", "lxml", "httpx", "joserfc",
    "uvicorn", "fastapi", "typst", "rich", "recovery_flows.intake.statements.shape",
}  # fmt: skip
# What the terminal has no use for before a key is pressed.
_NOT_AT_FIRST = {
    "alembic", "prefect", "polars", "numba", "numpy", "lxml", "httpx", "joserfc", "uvicorn",
    "fastapi", "typst", "rich.traceback", "recovery_flows.sandbox", "recovery_flows.engine",
    "recovery_flows.intake.statements.shape",
}  # fmt: skip
_FIRST_PAGE = """
import asyncio, sys
import tui.app as app
from recovery_flows.cli.composition import open_installation
from recovery_flows.cli.demo.show import open_terminal

async def shown(self):
    async with self.run_test() as pilot:
        while not self.base_screen.is_ready:
            await pilot.pause(0.05)

app.load_rest = lambda is_wanted: None
app.RecoveryApp.run = lambda self: asyncio.run(shown(self))
open_terminal(open_installation(), "", "", "")
sys.stderr.write(" ".join(sys.modules))
"""
_READING = [("list",), ("list", "--json"), ("report", "rates"), ("clocks",)]


# All of the program that a command of the service's caller loads; dataclasses cost as much as it.
_OF_A_CALLER = {
    "recovery_flows", "recovery_flows.cli", "recovery_flows.cli.main", "recovery_flows.caller",
    "recovery_flows.service", "recovery_flows.service.client", "recovery_flows.service.wire",
    "recovery_flows.service.callers_files", "models", "models.language", "models.language.phrase",
}  # fmt: skip
_NOT_OF_A_CALLER = {"typer", "click", "dataclasses", "inspect", "asyncio", "decimal"}
_OWN = ("recovery_flows", "models", "config", "tui")


def _own(modules: set[str]) -> set[str]:
    """Those of a process's modules that are of this program."""
    return {name for name in modules if name.partition(".")[0] in _OWN}


def _imported(words: tuple[str, ...]) -> set[str]:
    """The modules that a command has loaded when it ends well."""
    code = (
        "import sys\nfrom recovery_flows.cli.main import main\n"
        f"sys.argv = ['recovery', *{words!r}]\n"
        "try:\n    main()\n"
        "finally:\n    sys.stderr.write(' '.join(sys.modules))\n"
    )
    return _loaded(code)


def _loaded(code: str) -> set[str]:
    """What Python code says on standard error: the names of the modules that it has loaded."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    return set(done.stderr.split())


def _where_used(path: Path) -> Iterator[str]:
    """The modules that a file imports within functions."""
    for outer in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(outer):
                if isinstance(node, ast.ImportFrom) and node.module:
                    yield node.module


@pytest.mark.usefixtures("unit")
def test_the_first_page_of_the_terminal_imports_nothing_that_waits_for_a_key() -> None:
    assert _loaded(_FIRST_PAGE) & {*_NOT_AT_FIRST, *REST} == set()


def test_whatever_the_terminal_imports_where_it_is_used_is_loaded_while_nobody_waits() -> None:
    used = {name for path in Path(tui.__path__[0]).rglob("*.py") for name in _where_used(path)}
    loaded = _loaded(
        "import sys\nimport tui.opening\nfrom tui.later import load_rest\n"
        "load_rest(lambda: True)\nsys.stderr.write(' '.join(sys.modules))\n"
    )
    assert {name for name in used if not name.startswith("rich")} - loaded == set()
    assert set(REST) <= loaded


@pytest.mark.usefixtures("unit")
@pytest.mark.parametrize("words", _READING, ids=" ".join)
def test_a_command_that_reads_imports_nothing_that_it_has_no_use_for(
    words: tuple[str, ...],
) -> None:
    assert _imported(words) & _NEVER == set()


def test_one_recovery_is_shown_without_prefect_alembic_or_the_terminal(
    unit: Any,
) -> None:
    (ref,) = unit.reported(1)
    assert _imported(("show", ref)) & _NEVER == set()


@pytest.mark.usefixtures("unit")
@pytest.mark.parametrize(("words", "most"), [(("list",), 254), (("report", "rates"), 244)])
def test_a_command_that_reads_loads_no_more_of_the_program_than_it_did(
    words: tuple[str, ...], most: int
) -> None:
    assert len(_own(_imported(words))) <= most


@pytest.mark.parametrize("words", [("tui",), ("list", "--json")], ids=" ".join)
def test_who_asks_the_service_of_a_unit_imports_nothing_that_a_command_is_made_of(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    loaded = _loaded(
        "import os, sys\nfrom recovery_flows.cli.main import main\n"
        f"os.environ['RECOVERY_SERVICE_SOCKET'] = {str(tmp_path / 'none.sock')!r}\n"
        f"sys.argv, sys.stderr, err = ['recovery', *{words!r}], open(os.devnull, 'w'), sys.stderr\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    assert ended.code == 4\n"
        "err.write(' '.join(sys.modules))\n"
    )
    assert _own(loaded) == _OF_A_CALLER
    assert loaded & _NOT_OF_A_CALLER == set()


@pytest.mark.usefixtures("unit")
def test_a_command_that_ends_looks_for_no_cycles_in_what_goes_with_it() -> None:
    """What is registered first is called last: it sees what Python will look through then."""
    done = _loaded(
        "import atexit, gc, sys\n"
        "left = lambda: f'{gc.get_freeze_count() > 50_000} {len(gc.get_objects()) < 1_000}'\n"
        "atexit.register(lambda: sys.stderr.write(left()))\n"
        "from recovery_flows.cli.main import main\nsys.argv = ['recovery', 'list']\nmain()\n"
    )
    assert done == {"True"}


def test_no_objects_are_mapped_onto_tables_in_any_command() -> None:
    assert len(BY_NOUN) > 30
    assert not default_registry.mappers


def test_the_newest_schema_number_is_that_of_the_newest_migration() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert schema_numbers()[-1] == scripts.get_current_head()
    assert set(schema_numbers()) == {script.revision for script in scripts.walk_revisions()}
