"""`recovery trace --transfers`: traces files without a recovery."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import columns, tell
from recovery_flows.tracing.methods.catalogue import RULES, Among, RuleName, Standing
from recovery_flows.tracing.methods.types import Basis
from recovery_flows.tracing.transfers.inputs import Wanted as WantedFiles
from recovery_flows.wording import counted, spoken


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options given on the command line."""

    files: WantedFiles
    rule: RuleName
    among: Among
    basis: Basis
    engine: str
    paths: bool
    sensitivity: bool
    out: Path | None
    as_json: bool


def show_file_trace(wanted: Wanted) -> None:
    """Trace files and print the answer."""
    from recovery_flows.tracing.transfers.inputs import open_files
    from recovery_flows.tracing.transfers.trace import sensitivity, told, trace_files

    files, rule, engine = open_files(wanted.files), wanted.rule, wanted.engine
    if (wanted.paths or wanted.out) and not RULES[rule].has_paths and engine == "auto":
        engine = "plain"  # only the plain rules tell the flows along single payments
    found = trace_files(files, rule, wanted.among, wanted.basis, engine)
    if wanted.out is not None:
        from recovery_flows.cli.trace.export import write_graph
        from recovery_flows.tracing.graph import graph_of_files

        write_graph(wanted.out, graph_of_files(found))
        return
    document = told(found, paths=wanted.paths)
    if wanted.sensitivity:
        document["sensitivity"] = sensitivity(found)
    if wanted.as_json:
        say_json(document)
    else:
        tell(_lines(document, rule))


_WARNING = {
    Standing.RULE: "",
    Standing.LEAD: "  A lead to where money can be, not a rule that courts attribute by.",
    Standing.EXPOSURE: "  Exposure: amounts overlap and must not be added up.",
}


def _lines(document: dict[str, Any], rule: RuleName) -> list[str]:
    info, opening = RULES[rule], document["opening"]
    lines = [info.label, f"  {info.source}"]
    lines += [_WARNING[info.standing]] if _WARNING[info.standing] else []
    lines += [f"  openings: {_told(opening)}"]
    lines += [f"  {counted(document['rows'], 'transfer')}, engine {document['engine']}", ""]
    lines += columns(_rows(document), ("where", "", "victim", "amount"), right=(3,))
    if "paths" in document:
        lines += ["", "paths" if info.has_paths else "flows along each transfer"]
        lines += columns(_path_rows(document), right=(0, 1, 6))
    if "sensitivity" in document:
        lines += ["", "how much lies elsewhere under another assumption"]
        lines += columns([(name, _sums(sums)) for name, sums in document["sensitivity"].items()])
    return lines


def _told(opening: dict[str, Any]) -> str:
    above = counted(opening["accounts"], "account")
    basis = f"{opening['basis']} ({above} not at zero)" if opening["accounts"] else opening["basis"]
    short = f" of {_sums(opening['short'])}" if opening["short"] else ""
    return f"{basis}; {counted(opening['shortages'], 'shortage')}{short}"


def _sums(sums: dict[str, str]) -> str:
    return ", ".join(f"{currency} {text}" for currency, text in sums.items())


def _rows(document: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    rows = []
    for account in document["accounts"]:
        note = "ask for the statement" if account["frontier"] else ""
        for victim, text in account["victims"].items():
            rows.append((account["account"], note, victim, f"{account['currency']} {text}"))
    for sink in document["sinks"]:
        for victim, text in sink["victims"].items():
            where = f"gone: {spoken(sink['kind'])}"
            rows.append((where, f"from {sink['account']}", victim, f"{sink['currency']} {text}"))
    for conflict in document["conflicts"]:
        amount = f"{conflict['currency']} {conflict['amount']}"
        rows.append(("already stolen", f"of {conflict['holder']}", conflict["victim"], amount))
    return rows


def _path_rows(document: dict[str, Any]) -> list[tuple[object, ...]]:
    return [
        (
            hop["hop"], "-" if hop["parent"] is None else hop["parent"], hop["victim"],
            hop["from"] or "outside", "->", hop["to"] or "out of sight",
            f"{hop['currency']} {hop['amount']}", hop["transfer"],
        )
        for hop in document["paths"]
    ]  # fmt: skip
