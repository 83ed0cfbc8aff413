"""What lies in the repository: agreed names only, nothing of one machine, nothing of one index."""

import os
import re
import shutil
import signal
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.patience import comes

ROOT = Path(__file__).parents[2]
TOP_LEVEL = {
    "recovery_flows", "models", "tui", "config", "tests", "bench", "docs", ".ci",
    "pyproject.toml", "constraints.txt", "prefect.yaml", "Makefile",
    "README.md", "CONTRIBUTING.md", "LICENSE", ".gitignore", ".gitattributes", ".editorconfig",
}  # fmt: skip
# Written in pieces, so that this file does not find itself.
MACHINE_PATH = re.compile(
    r"(?<![\w.:/-])/(?:" + "|".join(["work", "tmp", "root", "home", "Users", "opt"]) + r")/\w"
)
INDEX = re.compile(
    "|".join(["pypi" + r"\.org", "python" + "hosted", "index" + "[-_]url", "UV_" + "INDEX"]),
    re.IGNORECASE,
)
PINNED = re.compile(r"[a-z0-9._-]+==[A-Za-z0-9.!+]+(?: ; .+)?")


def tracked() -> list[str]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts(*endings: str) -> dict[str, str]:
    """Tracked files that are text in UTF-8, by name."""
    found: dict[str, str] = {}
    for name in tracked():
        if name.endswith(endings) and not name.startswith(".venv/"):
            found[name] = (ROOT / name).read_bytes().decode(errors="replace")
    return found


def test_the_top_level_holds_only_the_agreed_names() -> None:
    assert {name.split("/")[0] for name in tracked()} - TOP_LEVEL == set()


@pytest.mark.parametrize("pattern", [MACHINE_PATH, INDEX])
def test_no_tracked_file_names_a_machine_path_or_a_package_index(pattern: re.Pattern[str]) -> None:
    found = [
        f"{name}: {match[0]}"
        for name, text in texts("").items()
        for match in pattern.finditer(text)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["models", "tui", "config", "recovery_flows"])
def test_no_folder_of_tests_shadows_a_package(name: str) -> None:
    assert not (ROOT / "tests" / name).exists()


def test_constraints_pin_every_dependency_by_name_and_version_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not PINNED.fullmatch(line)] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[<>=~!\[; ]", line)[0].lower().replace("_", "-") for line in wanted}
    assert names - {line.split("==")[0] for line in lines} == set()


def test_every_decision_is_numbered_and_at_most_thirty_lines() -> None:
    pages = texts(".md")
    decisions = {name: text for name, text in pages.items() if name.startswith("docs/decisions/")}
    assert all(re.match(r"docs/decisions/\d{4}-[a-z0-9-]+\.md$", name) for name in decisions)
    assert [name for name, text in decisions.items() if len(text.splitlines()) > 30] == []
    assert len({name.split("-")[0] for name in decisions}) == len(decisions)


def test_every_make_target_that_a_page_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    pages = texts(".md", ".ci/run")
    named = {word for text in pages.values() for word in re.findall(r"`?\bmake ([a-z]+)`", text)}
    named |= set(re.findall(r"^make ([a-z]+)", "\n".join(pages.values()), re.MULTILINE))
    assert named - targets == set()
    assert {"setup", "demo", "test", "lint", "check"} <= targets


@pytest.mark.parametrize(("tests", "lint"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_what_runs_before_a_change_is_taken_fails_where_tests_or_lint_do_and_tells_both(
    tmp_path: Path, tests: int, lint: int
) -> None:
    run = tmp_path / ".ci" / "run"
    run.parent.mkdir()
    shutil.copy(ROOT / ".ci" / "run", run)
    (tmp_path / "Makefile").write_text(
        f"setup:\n\t@mkdir -p .venv\ntest:\n\t@echo tested; exit {tests}\n"
        f"lint:\n\t@echo linted; exit {lint}\n"
    )
    done = subprocess.run([run], cwd="/", capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == bool(tests or lint)
    assert {"tested", "linted"} <= set(done.stdout.splitlines())


def test_what_runs_before_a_change_is_taken_leaves_nothing_running_when_it_is_interrupted(
    tmp_path: Path,
) -> None:
    run = tmp_path / ".ci" / "run"
    run.parent.mkdir()
    shutil.copy(ROOT / ".ci" / "run", run)
    told = {name: tmp_path / f"{name}.pid" for name in ("test", "lint")}
    (tmp_path / "Makefile").write_text(
        "setup:\n\t@mkdir -p .venv\n"
        + "".join(
            f"{name}:\n\t@echo $$$$ > {file.name}; exec tail -f /dev/null\n"
            for name, file in told.items()
        )
    )
    running = subprocess.Popen([run], cwd="/", start_new_session=True)
    assert comes(lambda: all(file.exists() and file.read_text() for file in told.values()))
    begun = [int(file.read_text()) for file in told.values()]
    try:
        os.killpg(running.pid, signal.SIGINT)  # what Ctrl-C sends
        assert comes(lambda: running.poll() is not None)
        assert running.wait() == 130  # by SIGINT, as a shell says it
        assert comes(lambda: not any(map(is_running, begun)))
    finally:
        for process in filter(is_running, begun):
            os.kill(process, signal.SIGKILL)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
