"""A file that a person names is opened by way of `caller`: the service has more rights than he."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = (
    "tui", "recovery_flows/cli", "recovery_flows/intake", "recovery_flows/correspondence/letters",
    "recovery_flows/correspondence/returns",
)  # fmt: skip
TOUCHING = {
    "open", "read_bytes", "read_text", "write_bytes", "write_text", "mkdir", "exists", "is_file",
    "is_dir", "expanduser", "unlink", "stat",
}  # fmt: skip
ELSEWHERE = {
    "recovery_flows/cli/demo/": "the demo runs where it is typed, on a folder of its own",
    "recovery_flows/cli/sandbox_": "so do the sandbox's banks",
    "recovery_flows/cli/processes.py": "the engine and the sandbox run as the unit's own user",
    "recovery_flows/cli/setup.py": "so does what makes the unit",
    "recovery_flows/cli/composition.py": "the unit's own folder, from the settings",
    "recovery_flows/cli/doctor.py": "the unit's own folders, from the settings",
    "recovery_flows/cli/fault_report.py": "the unit's own folder of faults",
    "tui/screens/looks/editor.py": "a file of its own for an editor, refused behind a service",
    "recovery_flows/cli/running.py": "the null device",
    "recovery_flows/correspondence/returns/wording.py": "the program's own texts",
    "recovery_flows/intake/budget.py": "for transfers alone, which take no unit",
    "recovery_flows/intake/statements/zipped.py": "a member of a zip that is open",
}


def touching(path: Path) -> list[int]:
    """The lines of a file that reach for the file system by themselves."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _touches(node.func, len(node.args))
    ]


def _touches(called: ast.expr, arguments: int) -> bool:
    """Whether it is `open` or a method of a path, none of which takes two values in a row."""
    if isinstance(called, ast.Attribute):
        is_of_os = isinstance(called.value, ast.Name) and called.value.id == "os"
        return called.attr in TOUCHING and (arguments <= 1 or is_of_os)
    return isinstance(called, ast.Name) and called.id == "open"


def test_what_a_person_names_is_opened_with_his_rights() -> None:
    files = {
        path: path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
    }
    assert len(files) > 100
    others = [
        f"{name}:{line}"
        for path, name in files.items()
        if not name.startswith(tuple(ELSEWHERE))
        for line in touching(path)
    ]
    assert others == []


def test_every_exception_is_still_needed() -> None:
    names = [
        path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py")
    ]
    for start in ELSEWHERE:
        here = [name for name in names if name.startswith(start)]
        assert any(touching(ROOT / name) for name in here), start
