"""The texts below an element of a camt file, by path of local names."""

from __future__ import annotations

from typing import Any

from recovery_flows.intake.statements.shape import StatementRefusedError

Fields = dict[str, str]
ONCE = frozenset({"Amt", "CdtDbtInd", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"})
"""What decides about money is told once: of two the file does not say which one is meant."""


class Place(dict[str, "Place"]):
    """A path of local names and, by full tag, the places below it; learned as a file is read.

    A file repeats the same few hundred paths in every entry: each is put together once.
    """

    __slots__ = ("coded", "path")

    def __init__(self, path: str = "") -> None:
        super().__init__()
        self.path = path
        # Of all elements only amounts have a currency.
        self.coded = path + "@Ccy" if path.endswith("Amt") else ""

    def __missing__(self, tag: object) -> Place:
        name = str(tag).rpartition("}")[2]
        below = self[str(tag)] = Place(f"{self.path}/{name}" if self.path else name)
        return below


def fields_of(element: Any, place: Place | None = None) -> Fields:  # noqa: ANN401 - lxml is untyped
    """Texts of the leaves by path below the element, the first of each; currency as `path@Ccy`."""
    fields: Fields = {}
    _gather(element, Place() if place is None else place, fields)
    return fields


def _gather(element: Any, place: Place, fields: Fields) -> None:  # noqa: ANN401 - as above
    for child in element:
        below = place[child.tag]
        if len(child):
            _gather(child, below, fields)
            continue
        text = child.text
        if text is not None and below.path in ONCE and below.path in fields:
            raise StatementRefusedError(
                f"there are two {below.path} in one place", child.sourceline
            )
        if text is not None and below.path not in fields:
            fields[below.path] = text
            currency = child.get("Ccy") if below.coded else None
            if currency is not None:
                fields[below.coded] = currency
