"""What looking costs as a command: `python -m bench.lists WORLD`, a folder of `bench.stored_world`.

Each command runs in a process of its own; wall and processor seconds, and memory at its most, stand
beside an interpreter that only starts. One that did not end well says why: a refusal is no figure.
`--terminal` gives each a pseudo-terminal to print on, where long lists end after their first lines.
`find --name` is refused unless it runs as the world's own system user, `synthetic-officer`.
`--record` keeps them in `lists.json` under the number of recoveries.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import sys
import time
from contextlib import suppress
from pathlib import Path

RESULTS = Path(__file__).with_name("lists.json")
COMMANDS = (
    ("list",), ("list", "--json"), ("list", "--stage", "restitution"), ("deadlines",),
    ("deadlines", "--within", "6"), ("report", "rates"), ("report", "rates", "--json"),
    ("approve",), ("partner", "list"), ("ledger", "check"),
    ("find", "R-2026-0007"), ("find", "0007"), ("find", "synthetic victim 7", "--name"),
)  # fmt: skip


def main() -> int:
    """Measure every command and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--terminal", action="store_true")
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    program = str(Path(sys.executable).with_name("recovery"))
    measure = shown if given.terminal else measured
    found = {"(python -c pass)": measure([sys.executable, "-c", "pass"], given.world)}
    for command in COMMANDS:
        name = " ".join(command)
        if given.only in name:
            found[name] = measure([program, *command], given.world)
    for name, one in found.items():
        sys.stdout.write(f"{name:28} {one}\n")
    if given.record:
        kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
        kept[given.world.name + (" on a terminal" if given.terminal else "")] = found
        RESULTS.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    return 0


def measured(command: list[str], world: Path) -> dict[str, object]:
    """Seconds, memory in MiB and bytes of output of one command in a process of its own."""
    out, err = world / "out", world / "err"
    begun = time.perf_counter()
    child = os.posix_spawn(
        command[0], command, _settings(world),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, n, str(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            for n, path in ((1, out), (2, err))
        ],
    )  # fmt: skip
    code, told = _ended(child, begun)
    said = {"said": err.read_text("utf-8").strip()} if code else {}
    return {**told, "bytes": out.stat().st_size, "exit": code, **said}


def shown(command: list[str], world: Path) -> dict[str, object]:
    """The same of a command that prints on a terminal."""
    begun = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.execve(command[0], command, _settings(world))  # noqa: S606 - our own program
    pieces: list[bytes] = []
    with suppress(OSError):  # the end of what is printed on a terminal is an error on Linux
        while piece := os.read(terminal, 65_536):
            pieces.append(piece)
    os.close(terminal)
    printed = b"".join(pieces)
    code, told = _ended(child, begun)
    said = {"said": printed.decode("utf-8").strip()} if code else {}
    return {**told, "bytes": len(printed), "exit": code, **said}


def _settings(world: Path) -> dict[str, str]:
    return {**os.environ, "RECOVERY_DATA_DIR": str(world / "data"),
            "RECOVERY_KEY_DIR": str(world / "data-keys")}  # fmt: skip


def _ended(child: int, begun: float) -> tuple[int, dict[str, object]]:
    _, status, used = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), {
        "seconds": round(time.perf_counter() - begun, 2),
        "cpu": round(used.ru_utime + used.ru_stime, 2),
        "mib": used.ru_maxrss // 1024,
    }


if __name__ == "__main__":
    sys.exit(main())
