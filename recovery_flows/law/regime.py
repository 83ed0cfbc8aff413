"""The law of one country as one value: parsed once from a mapping, strictly, never from a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from hashlib import blake2b
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.money import Money
from recovery_flows.law.rows import (
    Channel,
    Disclosure,
    Figure,
    Ground,
    Limit,
    Measure,
    Priority,
    Row,
    Sourced,
    SourceText,
    Status,
    Step,
    data_classes,
)

__all__ = ["Limit", "Measure", "Regime", "Regimes", "Row", "load_regime"]

_CURRENCY = re.compile(r"^[A-Z]{3}$")


@dataclass(frozen=True, slots=True)
class Regime:
    """The law of one country: clocks, figures, return ladder, channels, grounds, disclosure.

    `data_classes` names the class of each field of a request; `edition` is a digest of all of it.
    """

    code: str
    name: str
    time_zone: str
    calendar: str
    measures: Mapping[Measure, str]
    rows: Mapping[str, Row]
    figures: Mapping[str, Figure]
    ladder: tuple[Step, ...]
    priorities: tuple[Priority, ...]
    channels: Mapping[str, Channel]
    grounds: Mapping[str, Ground]
    disclosures: Mapping[str, Disclosure]
    data_classes: Mapping[str, str]
    edition: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        told = repr([getattr(self, one.name) for one in fields(self) if one.init])
        object.__setattr__(self, "edition", blake2b(told.encode(), digest_size=6).hexdigest())

    def row(self, code: str) -> Row:
        """The clock of that code; LookupError names the regime."""
        if code not in self.rows:
            raise LookupError(f"regime {self.code} has no row {code}")
        return self.rows[code]

    def has(self, measure: Measure) -> bool:
        """Whether this country knows the measure at all."""
        return measure in self.measures

    def measure(self, measure: Measure) -> Row:
        """The clock of a measure; LookupError when this country does not know it."""
        if measure not in self.measures:
            raise LookupError(f"regime {self.code} does not know the measure {measure}")
        return self.rows[self.measures[measure]]

    @property
    def stop(self) -> Row:
        """The emergency stop-payment."""
        return self.measure(Measure.STOP)

    @property
    def confirmation(self) -> Row:
        """The confirmation by another person of a stop that was sent first."""
        return self.measure(Measure.CONFIRMATION)

    @property
    def freeze(self) -> Row:
        """The ordinary freeze of money in an account."""
        return self.measure(Measure.FREEZE)

    @property
    def notice(self) -> Row:
        """The time in which others may object before money is given away."""
        return self.measure(Measure.NOTICE)

    @property
    def bank_return(self) -> Row:
        """The time a bank has to pay back once it was told to."""
        return self.measure(Measure.BANK_RETURN)

    def minimum_worth(self, currency: str) -> Money:
        """The smallest sum worth a hold in `currency`; zero where the regime names none."""
        figure = self.figures.get(f"{self.code}_MINIMUM_WORTH")
        if figure is None or figure.unit != currency:
            return Money(0, currency)
        return Money(figure.values[0], currency)

    @property
    def maximum_hops(self) -> int | None:
        """How many payments from the victim on money is followed unasked; None: no such limit."""
        return next(iter(self._values("MAXIMUM_HOPS")), None)

    @property
    def freeze_reminder_hours(self) -> tuple[int, ...]:
        """Hours before the end of a freeze at which its end is brought to mind, the longest first.

        The last two of them also tell the supervisor when nothing has been done.
        """
        return tuple(24 * days for days in self._values("RENEWAL_REMINDERS"))

    @property
    def stop_reminder_hours(self) -> tuple[int, ...]:
        """The same for stops and voluntary holds."""
        return self._values("STOP_REMINDERS")

    @property
    def multi_agency_reminder_hours(self) -> tuple[int, ...]:
        """Hours before a multi-agency request's shared deadline at which partners are reminded."""
        return self._values("LINKAGE_REMINDERS")

    @property
    def preservation_reminder_hours(self) -> tuple[int, ...]:
        """The same for the end of what a partner preserves; from the first on it is to renew."""
        return tuple(24 * days for days in self._values("PRESERVATION_REMINDERS"))

    @property
    def monitoring_days(self) -> int:
        """How long an account that was empty is looked at again; 0: not at all."""
        return next(iter(self._values("WATCH_TERM")), 0)

    @property
    def monitoring_intervals_days(self) -> tuple[int, ...]:
        """Days between the looks at an empty account; the last of them repeats."""
        return self._values("WATCH_INTERVALS") or (7,)

    def _values(self, figure: str) -> tuple[int, ...]:
        found = self.figures.get(f"{self.code}_{figure}")
        return found.values if found else ()

    def channel(self, code: str) -> Channel:
        """The channel of that code; LookupError names the regime."""
        if code not in self.channels:
            raise LookupError(f"regime {self.code} has no channel {code}")
        return self.channels[code]

    def required_fields(self, channel: str) -> tuple[str, ...]:
        """Names of the fields a request by `channel` must have."""
        return self.channel(channel).required_fields


Regimes = Mapping[str, Regime]
"""The law of every country that the unit works with, by its code."""

_T = TypeVar("_T", bound=Sourced)


def load_regime(mapping: Mapping[str, Any]) -> Regime:
    """Values from a parsed regime file; ValueError names the row and the field that is wrong."""
    _check_keys("regime", mapping, _NEEDED | _TABLES, _NEEDED)
    rows = _records(Row, mapping.get("row", []))
    return Regime(
        code=_text(mapping["code"]),
        name=_text(mapping["name"]),
        time_zone=_zone(mapping["time_zone"]),
        calendar=_text(mapping["calendar"]),
        measures=_measures(mapping["measures"], rows),
        rows=rows,
        figures=_records(Figure, map(_with_minor_units, mapping.get("figure", []))),
        ladder=tuple(_records(Step, mapping.get("step", [])).values()),
        priorities=tuple(_records(Priority, mapping.get("priority", [])).values()),
        channels=_records(Channel, mapping.get("channel", [])),
        grounds=_records(Ground, mapping.get("ground", [])),
        disclosures=_records(Disclosure, mapping.get("disclosure", [])),
        data_classes=data_classes(mapping["data_classes"]),
    )


_NEEDED = frozenset({"code", "name", "time_zone", "calendar", "measures", "data_classes"})
_TABLES = frozenset({"row", "figure", "step", "priority", "channel", "ground", "disclosure"})


def _check_keys(
    what: str, table: Mapping[str, Any], known: frozenset[str], needed: frozenset[str]
) -> None:
    for key in sorted(set(table) - known):
        raise ValueError(f"{what}: field {key!r} is not known")
    for key in sorted(needed - set(table)):
        raise ValueError(f"{what}: field {key!r} is missing")


def _records(kind: type[_T], tables: Any) -> dict[str, _T]:  # noqa: ANN401 - parsed TOML
    found: dict[str, _T] = {}
    for table in tables:
        record = _record(kind, table)
        if record.code in found:
            raise ValueError(f"{kind.__name__.lower()} {record.code}: the code is used twice")
        found[record.code] = record
    return found


def _record(kind: type[_T], table: Mapping[str, Any]) -> _T:
    what = f"{kind.__name__.lower()} {table.get('code', 'without a code')}"
    known = fields(kind)
    needed = frozenset(f.name for f in known if f.default is MISSING)
    _check_keys(what, table, frozenset(f.name for f in known), needed)
    values: dict[str, Any] = {k: _converted(what, k, value) for k, value in table.items()}
    return kind(**values)


def _converted(what: str, name: str, value: object) -> object:
    try:
        return _CONVERT.get(name, _text)(value)
    except ValueError as error:
        raise ValueError(f"{what}, field {name!r}: {error}") from error


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is not a text")
    return value


def _note(value: object) -> str:
    return _text(value) if value != "" else ""


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is not true or false")
    return value


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is not a whole number from 0 on")
    return value


def _counts(value: object) -> tuple[int, ...]:
    return tuple(_count(item) for item in _list(value))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(value))


def _list(value: object) -> list[object]:
    if not isinstance(value, list) or not value:
        raise ValueError(f"{value!r} is not a list with something in it")
    return value


_CONVERT: Mapping[str, Callable[[object], object]] = {
    "limit": Limit.parse,
    "source_text": lambda value: SourceText(_text(value)),
    "status": lambda value: Status(_text(value)),
    "note": _note,
    "repeats": _count,
    "values": _counts,
    "needs_notice": _flag,
    "required_fields": _texts,
    "assistance_kinds": _texts,
    "classes": _texts,
    "recipients": _texts,
}


def _with_minor_units(table: Mapping[str, Any]) -> Mapping[str, Any]:
    unit, values = table.get("unit"), table.get("values")
    if not isinstance(unit, str) or not _CURRENCY.match(unit) or not isinstance(values, list):
        return table
    try:
        minor = [Money.parse(_text(value), unit).minor for value in values]
    except ValueError as error:
        raise ValueError(f"figure {table.get('code')}, field 'values': {error}") from error
    return {**table, "values": minor}


def _zone(value: object) -> str:
    try:
        return ZoneInfo(_text(value)).key
    except ZoneInfoNotFoundError:
        raise ValueError(f"regime: field 'time_zone': there is no zone {value!r}") from None


def _measures(table: Mapping[str, Any], rows: Mapping[str, Row]) -> dict[Measure, str]:
    for name, code in table.items():
        if name not in set(Measure) or code not in rows:
            raise ValueError(f"measures, field {name!r}: no such measure, or no row {code!r}")
    return {Measure(name): code for name, code in table.items()}
