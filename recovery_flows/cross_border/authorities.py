"""The directory of authorities: who is asked in a State, by which channels, in which languages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from models.language.phrase import phrase
from models.safe_text import steers
from recovery_flows.errors import MisuseError

STALE_AFTER = timedelta(days=180)
LENGTHS = {
    "name": 200, "role": 80, "holidays": 80, "attachments": 200, "address": 400, "source": 200,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AuthorityEntry:
    """One authority; `entered` where two people of the unit stand behind the row."""

    id: str
    country: str
    name: str
    role: str
    channels: tuple[str, ...]
    languages: tuple[str, ...]
    holidays: str
    attachments: str
    address: str
    source: str
    checked_on: date
    entered: bool

    def is_stale(self, today: date) -> bool:
        """Whether its source was read too long ago to be relied upon."""
        return today - self.checked_on > STALE_AFTER


def directory(
    shipped: Mapping[str, Mapping[str, Any]], entered: Mapping[str, Mapping[str, Any]]
) -> tuple[AuthorityEntry, ...]:
    """All authorities by State and id; a row of the unit stands before the shipped one."""
    rows = [(row, False) for name, row in shipped.items() if name not in entered]
    rows += [(row, True) for row in entered.values()]
    made = (_entry(row, entered=own) for row, own in rows)
    return tuple(sorted(made, key=lambda one: (one.country, one.id)))


def found(
    entries: Collection[AuthorityEntry], country: str, channel: str
) -> Iterator[AuthorityEntry]:
    """Those of a State and a channel; "" asks for any."""
    for one in entries:
        if country in ("", one.country) and (not channel or channel in one.channels):
            yield one


def check_entry(
    given: Mapping[str, str], countries: Collection[str], channels: Collection[str], today: date
) -> None:
    """MisuseError for what is missing, unknown, too long or of a day that has not come."""
    for name in ("name", "channels", "languages", "source", "checked_on"):
        if not given[name].strip():
            raise MisuseError(phrase("--{option} is missing", option=name.replace("_", "-")))
    for name, text in given.items():
        if len(text) > LENGTHS.get(name, 80) or steers(text):
            most = LENGTHS.get(name, 80)
            raise MisuseError(
                phrase(
                    "{name} has at most {most} characters and no control characters",
                    name=name,
                    most=most,
                )
            )
    _check_codes(given, countries, channels)
    try:
        day = date.fromisoformat(given["checked_on"])
    except ValueError:
        raise MisuseError(
            phrase("--checked-on {told!r} is no day: 2026-11-29", told=given["checked_on"])
        ) from None
    if day > today:
        raise MisuseError(phrase("--checked-on {day} has not come yet", day=day))


def _check_codes(
    given: Mapping[str, str], countries: Collection[str], channels: Collection[str]
) -> None:
    if given["country"] not in countries:
        raise MisuseError(
            phrase(
                "--state {told!r} is no code of ISO 3166-1 such as DE, GB", told=given["country"]
            )
        )
    for code in given["channels"].split(","):
        if code not in channels:
            raise MisuseError(
                phrase(
                    "--channel {code!r}: there are {named}",
                    code=code,
                    named=", ".join(sorted(channels)),
                )
            )
    for code in given["languages"].split(","):
        if not (len(code) == 2 and code.isalpha() and code.islower()):
            raise MisuseError(
                phrase("--language {code!r} is no code of ISO 639-1 such as de, en", code=code)
            )


def _entry(row: Mapping[str, Any], *, entered: bool) -> AuthorityEntry:
    def codes(name: str) -> tuple[str, ...]:
        value = row[name]
        return tuple(value.split(",") if isinstance(value, str) else value)

    return AuthorityEntry(
        row["id"], row["country"], row["name"], row.get("role", ""), codes("channels"),
        codes("languages"), row.get("holidays", ""), row.get("attachments", ""),
        row.get("address", ""), row["source"], date.fromisoformat(row["checked_on"]), entered,
    )  # fmt: skip
