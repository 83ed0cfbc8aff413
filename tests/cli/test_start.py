"""What a command imports: only what it needs, so that it starts at once."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlmodel.main import default_registry

from models.entities.catalogue import BY_NOUN
from models.migrate import alembic_config
from models.schema import schema_numbers

# What costs most to import, and what none of these commands has a use for.
_NEVER = {
    "alembic", "prefect", "textual", "polars", "numba", "numpy", "lxml", "httpx", "joserfc",
    "uvicorn", "fastapi", "typst", "rich", "recovery_flows.intake.statements.shape",
}  # fmt: skip
_READING = [("list",), ("list", "--json"), ("report", "rates"), ("clocks",)]


def _imported(words: tuple[str, ...]) -> set[str]:
    """The modules that a command has loaded when it ends well."""
    code = (
        "import sys\nfrom recovery_flows.cli.main import main\n"
        f"sys.argv = ['recovery', *{words!r}]\n"
        "try:\n    main()\n"
        "finally:\n    sys.stderr.write(' '.join(sys.modules))\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    return set(done.stderr.split())


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


def test_no_objects_are_mapped_onto_tables_in_any_command() -> None:
    assert len(BY_NOUN) > 30
    assert not default_registry.mappers


def test_the_newest_schema_number_is_that_of_the_newest_migration() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert schema_numbers()[-1] == scripts.get_current_head()
    assert set(schema_numbers()) == {script.revision for script in scripts.walk_revisions()}
