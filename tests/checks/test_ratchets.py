"""What the code may not grow into: long functions and files, banned calls, missing docstrings."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("recovery_flows", "models", "tui", "config")
FUNCTION_LINES = 60
FILE_LINES = 300
ROOM_FILES = 25

# Full name of what is banned -> files in which it is allowed, each with its reason.
ALLOWED: dict[str, dict[str, str]] = {
    "print": {},
    "float": {},
    "datetime.datetime.now": {
        "recovery_flows/clock.py": "The one place where transport time comes from.",
    },
    "datetime.datetime.utcnow": {},
    "datetime.datetime.today": {},
    "datetime.date.today": {},
    "uuid.uuid4": {
        "recovery_flows/engine/context.py": "The dice of request ids, handed to the bank client.",
    },
    "time.sleep": {
        "recovery_flows/cli/sandbox_process.py": "Waits for a child to say that it listens.",
    },
}
# The name `float` also stands in annotations of durations; only making one of money is banned.
CALLS_ONLY = {"float"}
# Called by a framework, which documents them: their meaning is not ours to tell again.
HOOKS = ("on_", "action_", "watch_", "validate_", "compute_", "compose", "render")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*folders: str) -> list[Path]:
    """Python files written by hand, relative to the root."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    relative = [path.relative_to(ROOT) for path in found]
    return [path for path in relative if path.parts[:3] != ("models", "migrations", "versions")]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def imported(module: ast.Module) -> dict[str, str]:
    """Local name -> full name, for all imports of a module."""
    names: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                local = alias.asname or alias.name.split(".")[0]
                names[local] = alias.name if alias.asname else local
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {(a.asname or a.name): f"{node.module}.{a.name}" for a in node.names}
    return names


def full_name(node: ast.AST, names: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{full_name(node.value, names)}.{node.attr}"
    return ""


@cache
def banned_in(path: Path) -> tuple[tuple[str, int], ...]:
    return tuple(banned(tree(path)))


def banned(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Every use of a banned name in a module, with its line."""
    names = imported(module)
    called = {id(node.func) for node in ast.walk(module) if isinstance(node, ast.Call)}
    for node in ast.walk(module):
        name = full_name(node, names)
        if name in ALLOWED and (name not in CALLS_ONLY or id(node) in called):
            yield name, getattr(node, "lineno", 0)


def speaks_for_itself(node: Function | ast.ClassDef, owner: str) -> bool:
    """Enums speak by their members, hooks by their framework."""
    if isinstance(node, ast.ClassDef):
        return any(isinstance(base, ast.Name) and base.id.endswith("Enum") for base in node.bases)
    return bool(owner) and node.name.startswith(HOOKS)


def undocumented(body: list[ast.stmt], owner: str = "") -> Iterator[str]:
    """Public functions, classes and methods without a docstring."""
    for node in body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node) and not speaks_for_itself(node, owner):
            yield f"{owner}{node.name}"
        if isinstance(node, ast.ClassDef):
            yield from undocumented(node.body, f"{node.name}.")


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path in sources(*PACKAGES, "tests", "bench")
        for node in ast.walk(tree(path))
        if isinstance(node, Function) and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    long = [
        str(path)
        for path in sources(*PACKAGES, "tests", "bench")
        if len((ROOT / path).read_text(encoding="utf-8").splitlines()) > FILE_LINES
    ]
    assert not long, "\n".join(long)


def test_banned_names_are_used_only_where_a_reason_allows_them() -> None:
    wrong = [
        f"{path}:{line} {name}"
        for path in sources(*PACKAGES)
        for name, line in banned_in(path)
        if path.as_posix() not in ALLOWED[name]
    ]
    assert not wrong, "\n".join(wrong)


def test_no_allowance_outlives_its_use() -> None:
    used = {(name, path.as_posix()) for path in sources(*PACKAGES) for name, _ in banned_in(path)}
    allowed = {(name, path) for name, files in ALLOWED.items() for path in files}
    assert allowed - used == set()
    assert all(reason.endswith(".") for files in ALLOWED.values() for reason in files.values())


def test_public_names_are_documented() -> None:
    missing = [
        f"{path} {name}" for path in sources(*PACKAGES) for name in undocumented(tree(path).body)
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime as moment\nmoment.now()",
        "import datetime\nclock = datetime.datetime.now",
        "from time import sleep as rest\nrest(1)",
        "import uuid as u\nu.uuid4()",
        "float('1')",
        "show = print",
    ],
)
def test_a_banned_name_is_found_under_any_alias(code: str) -> None:
    assert len(list(banned(ast.parse(code)))) == 1


def test_a_name_that_only_looks_like_a_banned_one_is_spared() -> None:
    code = "def now(self): ...\nwait: float = 1\nself.print()\n# time.sleep(1)\n'float(1)'"
    assert list(banned(ast.parse(code))) == []


def test_no_room_holds_more_than_twenty_five_files() -> None:
    rooms = Counter(path.parent.as_posix() for path in sources(*PACKAGES))
    assert {room: count for room, count in rooms.items() if count > ROOM_FILES} == {}
