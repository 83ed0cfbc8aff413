"""Known weaknesses of the packages that are pinned: `python -m tests.checks.audit`.

With `--advisories FOLDER` the pins are compared with OSV records in a folder (a copy of the PyPA
advisory database, or OSV's own list for PyPI, unpacked), without any network. Else pip-audit asks
OSV. Exit code 0: nothing is known; 1: something is; 0 also where it could not be asked or the
records are old, which is said so loudly that nobody takes it for a yes, and 4 then with
`--required`.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import Version

PINS = Path(__file__).parents[2] / "constraints.txt"
FRESH = timedelta(days=30)
_OSV = "https://api.osv.dev/v1/query"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;#]+)")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Pins = dict[str, list[Version]]


class NotAuditedError(Exception):
    """Why the pins were compared with nothing, or with what is old."""


def pins(path: Path = PINS) -> Pins:
    """What is pinned, by its canonical name; some names twice, for other versions of Python."""
    found: Pins = {}
    for match in map(_PIN.match, path.read_text(encoding="utf-8").splitlines()):
        if match:
            found.setdefault(str(canonicalize_name(match[1])), []).append(Version(match[2]))
    return found


def records(folder: Path, wanted: Pins) -> Iterator[Mapping[str, Any]]:
    """The OSV records of a folder; YAML lies in a folder of its package's name."""
    for path in sorted(folder.rglob("*.yaml")):
        if canonicalize_name(path.parent.name) in wanted:
            yield yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - a safe one
    for path in sorted(folder.rglob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def in_folder(folder: Path, wanted: Pins) -> list[str]:
    """What the records of a folder know of the pins; NotAuditedError where they are old or none."""
    found, newest = [], ""
    for record in records(folder, wanted):
        newest = max(newest, str(record.get("modified", "")))
        if "withdrawn" in record:
            continue
        for affected in record.get("affected", ()):
            name = str(canonicalize_name(affected["package"]["name"]))
            found += [
                f"{name} {version}: {record['id']}"
                for version in wanted.get(name, ())
                if _is_affected(affected, version)
            ]
    if found:
        return sorted(set(found))
    oldest = datetime.fromtimestamp(time.time(), UTC) - FRESH
    if newest[:10] < oldest.date().isoformat():
        age = f"the newest record in {folder} is of {newest[:10]}" if newest else "it holds none"
        raise NotAuditedError(f"{age}: what has become known since is not in it")
    return []


def _is_affected(affected: Mapping[str, Any], version: Version) -> bool:
    if str(version) in affected.get("versions", ()):
        return True
    ranges = [r for r in affected.get("ranges", ()) if r.get("type") == "ECOSYSTEM"]
    return any(_is_within(one.get("events", ()), version) for one in ranges)


def _is_within(events: list[dict[str, str]], version: Version) -> bool:
    """Events stand in the order of their versions; the last one at or below decides."""
    within = False
    for event in events:
        ((what, at),) = event.items()
        if what == "introduced" and version >= Version(at):
            within = True
        elif (what == "fixed" and version >= Version(at)) or (
            what == "last_affected" and version > Version(at)
        ):
            within = False
    return within


def asked(url: str, path: Path = PINS) -> list[str]:
    """What OSV knows of the pins, asked by pip-audit; NotAuditedError where it cannot ask."""
    command = [
        sys.executable, "-m", "pip_audit", "-r", str(path), "--no-deps", "--disable-pip",
        "-s", "osv", "--osv-url", url, "-f", "json", "--progress-spinner", "off",
        "--timeout", "5",
    ]  # fmt: skip
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        listed = json.loads(told.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (told.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]
        raise NotAuditedError(f"{url} cannot be asked: {last.partition(':')[0]}") from None
    return [
        f"{one['name']} {one['version']}: {weak['id']}"
        for one in listed
        for weak in one.get("vulns", ())
    ]


def main(words: list[str] | None = None) -> int:
    """Audit, say what is known, answer by the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--advisories", type=Path)
    parser.add_argument("--required", action="store_true")
    parser.add_argument("--osv-url", default=_OSV)
    parser.add_argument("--pins", type=Path, default=PINS)
    given = parser.parse_args(words)
    wanted = pins(given.pins)
    try:
        if given.advisories:
            found = in_folder(given.advisories, wanted)
        else:
            found = asked(given.osv_url, given.pins)
    except NotAuditedError as error:
        line = "!" * 78
        _say(f"{line}\nNOT AUDITED: {len(wanted)} pinned packages. {error}\n{line}")
        return 4 if given.required else 0
    _say("\n".join(found) or f"{len(wanted)} pinned packages: no weakness is known")
    return int(bool(found))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
