"""A trace as a file for other programs: CSV, FollowTheMoney entities, GraphML.

Amounts are decimal text in the currency of the loss where they are stolen, in the payer's own where
they are a whole payment. The same trace gives the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from models.money import Money

COLUMNS = (
    "rule", "standing", "as_of", "time", "transfer", "from", "to", "kind", "currency", "amount",
    "claim", "stolen", "stolen_currency",
)  # fmt: skip
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"


@dataclass(frozen=True, slots=True)
class Node:
    """An account, or a way out of sight; `stolen` is what rests there, by claim (loss currency)."""

    id: str
    label: str
    currency: str
    is_account: bool
    is_frontier: bool
    stolen: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Edge:
    """One payment; `stolen` is what it carried, by claim, in minor units of the loss."""

    transfer_id: str
    at: datetime
    payer: str
    payee: str
    kind: str
    currency: str
    minor: int
    stolen: Mapping[str, int]


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Graph:
    """A trace as accounts and payments, with what it rests on; `claims` name their currency."""

    rule: str
    standing: str
    as_of: datetime
    opening: str
    claims: Mapping[str, str]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def _when(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before one."""
    text = str(value)
    return f"'{text}" if text[:1] in _FORMULA else text


def as_csv(graph: Graph) -> str:
    """One row per payment and claim, in the order of time."""
    names = {node.id: node.label for node in graph.nodes}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    heading = (graph.rule, graph.standing, _when(graph.as_of))
    for edge in graph.edges:
        for claim, stolen in edge.stolen.items():
            currency = graph.claims[claim]
            writer.writerow(map(_cell, (
                *heading, _when(edge.at), edge.transfer_id, names[edge.payer], names[edge.payee],
                edge.kind, edge.currency, Money(edge.minor, edge.currency).text(), claim,
                Money(stolen, currency).text(), currency,
            )))  # fmt: skip
    return text.getvalue()


def as_ftm(graph: Graph) -> str:
    """FollowTheMoney entities, one a line: BankAccount, and Payment between two of them.

    A way out of sight is no account, so such a payment has no beneficiary.
    """
    keys = {node.id: _key("account", node.id) for node in graph.nodes}
    accounts = {node.id for node in graph.nodes if node.is_account}
    lines = [_account(graph, node, keys[node.id]) for node in graph.nodes if node.is_account]
    for edge in graph.edges:
        properties = {
            "payerAccount": [keys[edge.payer]] if edge.payer in accounts else [],
            "beneficiaryAccount": [keys[edge.payee]] if edge.payee in accounts else [],
            "amount": [Money(edge.minor, edge.currency).text()],
            "currency": [edge.currency],
            "date": [edge.at.strftime("%Y-%m-%dT%H:%M:%S")],
            "transactionNumber": [edge.transfer_id],
            "summary": [f"{part} stolen, {_basis(graph)}" for part in _told(graph, edge.stolen)],
        }  # fmt: skip
        lines.append(_entity("Payment", _key("payment", edge.transfer_id), properties))
    return "".join(f"{line}\n" for line in lines)


def _account(graph: Graph, node: Node, key: str) -> str:
    rests = [f"{part} stolen rests here, {_basis(graph)}" for part in _told(graph, node.stolen)]
    asks = ["its statement must be asked for"] if node.is_frontier else []
    properties = {
        "name": [node.label], "currency": [node.currency], "summary": [*rests, *asks],
    }  # fmt: skip
    return _entity("BankAccount", key, properties)


def _told(graph: Graph, stolen: Mapping[str, int]) -> list[str]:
    return [f"{claim}: {Money(minor, graph.claims[claim])}" for claim, minor in stolen.items()]


def _basis(graph: Graph) -> str:
    return f"by {graph.rule} ({graph.standing}), openings {graph.opening}"


def _entity(schema: str, key: str, properties: Mapping[str, list[str]]) -> str:
    given = {name: values for name, values in properties.items() if values}
    return json.dumps({"id": key, "schema": schema, "properties": given}, ensure_ascii=False)


def _key(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]


def as_graphml(graph: Graph) -> str:
    """A directed multigraph; an edge's id is the payment's."""
    ET.register_namespace("", _GRAPHML)
    root = ET.Element(f"{{{_GRAPHML}}}graphml")
    for name, of in (
        ("rule", "graph"), ("standing", "graph"), ("as_of", "graph"), ("openings", "graph"),
        ("label", "node"), ("node_currency", "node"), ("way_out", "node"), ("frontier", "node"),
        ("rests", "node"), ("time", "edge"), ("kind", "edge"), ("amount", "edge"),
        ("currency", "edge"), ("stolen", "edge"),
    ):  # fmt: skip
        ET.SubElement(
            root, f"{{{_GRAPHML}}}key",
            {"id": name, "for": of, "attr.name": name, "attr.type": "string"},
        )  # fmt: skip
    body = ET.SubElement(root, f"{{{_GRAPHML}}}graph", {"id": "trace", "edgedefault": "directed"})
    heading = ("rule", graph.rule), ("standing", graph.standing), ("as_of", _when(graph.as_of))
    _data(body, (*heading, ("openings", graph.opening)))
    for node in graph.nodes:
        made = ET.SubElement(body, f"{{{_GRAPHML}}}node", {"id": _legal(node.id)})
        flags = ("way_out", str(not node.is_account)), ("frontier", str(node.is_frontier))
        rests = ("rests", "; ".join(_told(graph, node.stolen)))
        _data(made, (("label", node.label), ("node_currency", node.currency), *flags, rests))
    for edge in graph.edges:
        ends = ("id", edge.transfer_id), ("source", edge.payer), ("target", edge.payee)
        named = {name: _legal(text) for name, text in ends}
        made = ET.SubElement(body, f"{{{_GRAPHML}}}edge", named)
        amount = ("amount", Money(edge.minor, edge.currency).text()), ("currency", edge.currency)
        stolen = ("stolen", "; ".join(_told(graph, edge.stolen)))
        _data(made, (("time", _when(edge.at)), ("kind", edge.kind), *amount, stolen))
    ET.indent(root)
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{ET.tostring(root, encoding='unicode')}\n"


def _data(parent: ET.Element, values: Iterable[tuple[str, str]]) -> None:
    for name, text in values:
        if text:
            ET.SubElement(parent, f"{{{_GRAPHML}}}data", {"key": name}).text = _legal(text)


def _legal(text: str) -> str:
    """Without characters that XML does not allow."""
    return _ILLEGAL.sub(" ", text)


FORMATS: dict[str, Callable[[Graph], str]] = {
    ".csv": as_csv,
    ".ftm": as_ftm,
    ".graphml": as_graphml,
}
"""How a trace is written, by the ending of the file."""
