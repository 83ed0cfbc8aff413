"""`recovery trace … --out FILE`: the trace as a file, in the format of the file's ending."""

from __future__ import annotations

from pathlib import Path

from recovery_flows.caller import is_there
from recovery_flows.cli.table import tell
from recovery_flows.correspondence.letters.files import write_new
from recovery_flows.errors import MisuseError
from recovery_flows.tracing.export import FORMATS, Graph
from recovery_flows.wording import counted


def check_target(path: Path) -> None:
    """Refuse a file of another format or one that is there, before anything is traced."""
    if path.suffix not in FORMATS:
        raise MisuseError(f"{path.name}: the ending says the format: {', '.join(FORMATS)}")
    if is_there(path):
        raise MisuseError(f"{path} is there already: name another file or remove it")


def graph_bytes(path: Path, graph: Graph) -> bytes:
    """The file's bytes in the format of its ending."""
    return FORMATS[path.suffix](graph).encode()


def write_graph(path: Path, graph: Graph) -> None:
    """Write the file whole or not at all, and say what is in it."""
    write_new(path, graph_bytes(path, graph))
    accounts = sum(node.is_account for node in graph.nodes)
    size = f"{counted(len(graph.edges), 'payment')} between {counted(accounts, 'account')}"
    tell([f"{size} by {graph.rule} ({graph.standing}) in {path}"])
