"""`python -m bench.transfers [CSV --mapping NAME]`: reading transfers, and commands from the start.

Without a file it writes one of a million made-up rows. In one run: the bare reading of the same CSV
by polars, arrays ready for the kernel, the row-by-row reader; then whole commands, each in a
process of its own, with numba's cache empty and full.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from bench.timing import best_seconds
from bench.workloads import power_law
from recovery_flows.tracing.transfers.files import in_order, read_transfers
from recovery_flows.tracing.transfers.mapping import ColumnMapping, mapping_named
from recovery_flows.tracing.transfers.quick import quick_table

RESULTS = Path(__file__).with_name("transfers.json")
START = datetime(2026, 3, 2, tzinfo=UTC)


def write_csv(path: Path, rows: int) -> None:
    """Made-up transfers, seven seconds apart."""
    made = power_law(rows, 1_000)
    columns = zip(made.payer.tolist(), made.payee.tolist(), made.minor.tolist(), strict=True)
    with path.open("w", encoding="utf-8") as stream:
        stream.write("id,time,from,to,amount,currency\n")
        for row, (payer, payee, minor) in enumerate(columns):
            at = (START + timedelta(seconds=7 * row)).strftime("%Y-%m-%dT%H:%M:%S")
            target = f"A{payee:07d}" if payee >= 0 else ""
            amount = f"{minor // 100}.{minor % 100:02d}"
            stream.write(f"t{row},{at},A{payer:07d},{target},{amount},CNY\n")


def reading(path: Path, mapping: ColumnMapping) -> dict[str, float]:
    """Rows a second of three ways to read the file."""
    table = quick_table([path], mapping)
    if table is None:
        sys.exit(f"{path} is not read by columns: nothing to measure")
    rows = len(table)
    bare = best_seconds(lambda: pl.read_csv(path, infer_schema=False))
    quick = best_seconds(lambda: quick_table([path], mapping))
    by_rows = best_seconds(lambda: in_order(read_transfers(path, mapping)), 1)
    return {
        "rows": rows,
        "bare_csv_m_rows_per_s": rows / bare / 1e6,
        "arrays_m_rows_per_s": rows / quick / 1e6,
        "arrays_times_bare": quick / bare,
        "row_by_row_m_rows_per_s": rows / by_rows / 1e6,
    }


def commands(path: Path, mapping: str, folder: Path) -> dict[str, float]:
    """Seconds of whole commands in a fresh process."""
    program = shutil.which("recovery", path=str(Path(sys.executable).parent)) or "recovery"
    kept, cache = folder / "kept", folder / "cache"
    table = quick_table([path], mapping_named(mapping))
    first = table.transfer(0).id if table is not None else ""
    (folder / "S.csv").write_text(f"transfer_id,victim\n{first},V1\n", encoding="utf-8")

    def timed(*words: object) -> float:
        environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
        begun = time.perf_counter()
        subprocess.run(  # noqa: S603 - our own program
            [program, *map(str, words)], check=True, stdout=subprocess.DEVNULL, env=environment
        )
        return time.perf_counter() - begun

    trace = ("trace", "--transfers", kept, "--sources", folder / "S.csv", "--json")
    timed("--help")
    return {
        "start_s": timed("--help"),
        "intake_transfers_cold_s": timed("intake", "transfers", path, "--mapping", mapping,
                                         "--to", kept),
        "intake_transfers_s": timed("intake", "transfers", path, "--mapping", mapping,
                                    "--to", kept),
        "trace_folder_cold_s": timed(*trace),
        "trace_folder_s": timed(*trace),
    }  # fmt: skip


def main() -> None:
    """Measure and write down."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("file", nargs="?", type=Path)
    words.add_argument("--mapping", default="plain")
    words.add_argument("--rows", type=int, default=1_000_000)
    asked = words.parse_args()
    with TemporaryDirectory() as name:
        path = asked.file or Path(name) / "T.csv"
        if asked.file is None:
            write_csv(path, asked.rows)
        found = reading(path, mapping_named(asked.mapping))
        found |= commands(path, asked.mapping, Path(name))
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    results[asked.file.name if asked.file else f"made up, {asked.rows} rows"] = {
        key: round(value, 3) for key, value in found.items()
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
