"""`python -m bench.intake`: our camt reader against a bare lxml loop over the same file.

Each reading is a child process of its own, so that its peak of memory is its own:
`clear` only walks and forgets, `bare` also reads the fields that ours reads, `ours` has all checks.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import BinaryIO, cast

from bench.camt_file import write_statement

RESULTS = Path(__file__).with_name("intake.json")
WAYS = ("clear", "bare", "ours")
TIMES = 3
_MANY = 200_000  # Above it once: seconds are many enough to be steady.
_FIELDS = {
    "Amt", "CdtDbtInd", "Dt", "DtTm", "AcctSvcrRef", "EndToEndId", "NtryRef", "Cd", "SubFmlyCd",
    "IBAN", "Nm", "BICFI", "Ustrd",
}  # fmt: skip


def opened(path: Path) -> BinaryIO:
    """The file, or the only member of a zip as a stream."""
    if path.suffix != ".zip":
        return path.open("rb")
    archive = zipfile.ZipFile(path)
    return cast("BinaryIO", archive.open(archive.namelist()[0]))


def clear(path: Path) -> int:
    """Entries counted, nothing of them read: the floor of lxml itself."""
    from lxml import etree

    entries = 0
    for _, element in etree.iterparse(opened(path), tag="{*}Ntry", huge_tree=False):
        entries += 1
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return entries


def bare(path: Path) -> int:
    """The same fields as ours by local name, as text, without a check or a value."""
    from lxml import etree

    entries = 0
    for _, element in etree.iterparse(opened(path), tag="{*}Ntry", huge_tree=False):
        fields = []
        for leaf in element.iter():
            name = leaf.tag.rpartition("}")[2]
            if name in _FIELDS:
                fields.append((name, leaf.text, leaf.get("Ccy") if name == "Amt" else None))
        entries += bool(fields)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return entries


def ours(path: Path) -> int:
    """What `recovery intake statement --dry-run` does with the file."""
    from recovery_flows.cli.intake.statement_read import read_file

    found = read_file(path)
    if found.refused or found.warnings or found.balances != "agree":
        raise SystemExit(f"not read as it was made: {found}")
    return found.entries


def peak_mb() -> float:
    """Most memory this process had, in MiB.

    From Linux itself: `ru_maxrss` of a child begins with what its parent had.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (line,) = (line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def child(way: str, path: Path) -> None:
    """One reading, with the imports paid before the clock starts."""
    import lxml.etree

    if way == "ours":
        import recovery_flows.cli.intake.statements
        import recovery_flows.intake.statements.camt
        import recovery_flows.intake.statements.reading  # noqa: F401
    before, begun = peak_mb(), time.perf_counter()
    entries = {"clear": clear, "bare": bare, "ours": ours}[way](path)
    seconds = time.perf_counter() - begun
    told = {"s": seconds, "entries": entries, "imports_mb": before, "peak_mb": peak_mb()}
    print(json.dumps(told | {"lxml": lxml.etree.__version__}))


def read_once(way: str, path: Path) -> dict[str, float]:
    """A reading in a process of its own."""
    words = [sys.executable, "-m", "bench.intake", "--child", way, str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603
    told: dict[str, float] = json.loads(done.stdout)
    return told


def measure(path: Path, entries: int) -> dict[str, float]:
    """All ways in turn, several times; the best time and the highest peak of each."""
    best: dict[str, float] = {}
    peak: dict[str, float] = {}
    imports: dict[str, float] = {}
    for _ in range(TIMES if entries < _MANY else 1):
        for way in WAYS:
            told = read_once(way, path)
            if told["entries"] != entries:
                raise SystemExit(f"{way} read {told['entries']} entries of {entries}")
            best[way] = min(best.get(way, told["s"]), told["s"])
            peak[way] = max(peak.get(way, 0), told["peak_mb"])
            imports[way] = told["imports_mb"]
    result = {"entries": entries, "file_mb": path.stat().st_size / 1e6}
    for way in WAYS:
        result |= {f"{way}_s": best[way], f"{way}_peak_mb": peak[way]}
        result[f"{way}_above_imports_mb"] = peak[way] - imports[way]
    result |= {"ours_to_bare": best["ours"] / best["bare"]}
    return {name: round(value, 3) for name, value in result.items()}


def zipped(path: Path) -> Path:
    """The file alone in a zip."""
    packed = path.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(path, path.name)
    return packed


def main() -> None:
    """Write the files, read them in every way, write the figures down; the files go again."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--megabytes", nargs="+", type=int, default=[50, 500])
    words.add_argument("--child", nargs=2, metavar=("WAY", "FILE"), help="one reading")
    asked = words.parse_args()
    if asked.child:
        child(asked.child[0], Path(asked.child[1]))
        return
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for megabytes in asked.megabytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "statement.xml"
            entries = write_statement(path, megabytes)
            results[f"{megabytes} MB"] = measure(path, entries)
            results[f"{megabytes} MB in a zip"] = measure(zipped(path), entries)
        RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
