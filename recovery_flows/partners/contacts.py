"""A partner's round-the-clock desk: entered by an officer, masked, shown to a person for a reason.

Kept sealed as one JSON object with the names of `FIELDS`; what is not known is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from models.entities.officer import Role
from models.language.phrase import error_sentence, phrase
from models.queries.cases.views import masked_name
from models.queries.installation.clock import case_now
from models.queries.partners.register import opened_contacts
from models.safe_text import steers_or_hides, undirected
from models.store import partner_register
from models.store.register_guard import is_by_letter
from models.store.unit import Unit, unit_of_work
from recovery_flows.access.acting_officer import ActingOfficer, as_refusal
from recovery_flows.access.registers import ask_partner
from recovery_flows.errors import MisuseError

_LENGTH_MAX = 200
_MINUTES_MAX = 60 * 24 * 90
_REASON_LENGTH_MIN = 3
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True)
class Contacts:
    """The desk that answers at night, its telephone, e-mail and postal address; personal data."""

    desk: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""

    def masked(self) -> Contacts:
        """As it may be shown: the desk's first character, the number's last two digits."""
        return Contacts(
            masked_name(self.desk) if self.desk else "",
            f"···· {self.phone[-2:]}" if self.phone else "",
            f"{self.email[:1]}··@··" if self.email else "",
            "··" if self.address else "",
        )

    def __bool__(self) -> bool:
        return any(asdict(self).values())


FIELDS = tuple(f.name for f in fields(Contacts))


def contacts_of(text: str) -> Contacts:
    """Contacts from the opened JSON of their column; other names in it are left alone."""
    body: Mapping[str, object] = json.loads(text or "{}")
    return Contacts(**{name: str(body.get(name, "")) for name in FIELDS})


def agree(acting: ActingOfficer, partner_id: str, minutes: int, agreement: str) -> str:
    """Note what a partner promised: an answer within so many minutes, in which paper; 0 ends it.

    MisuseError for a number out of reach, a paper without a name, an unknown partner.
    """
    actor, named = acting.actor(Role.OFFICER), _line("agreement", agreement)
    if not 0 <= minutes <= _MINUTES_MAX:
        raise MisuseError(
            phrase("the agreed time is 1 to {most:,} minutes, or 0 to end it", most=_MINUTES_MAX)
        )
    if minutes and not named:
        raise MisuseError(phrase('name the agreement: --agreement "its number and date"'))
    with _at_work(acting) as (unit, now):
        partner_register.agree(unit, actor, now, partner_id, minutes, named)
    if not minutes:
        return phrase("{partner_id}: no answer time is agreed any more", partner_id=partner_id)
    return phrase(
        "{partner_id}: answers within {minutes:,} min, as agreed in {named}",
        partner_id=partner_id,
        minutes=minutes,
        named=named,
    )


def change_contacts(acting: ActingOfficer, partner_id: str, given: Mapping[str, str]) -> str:
    """Change what is given of a partner's contacts; an empty text takes it out, the rest stays.

    Of a partner by letter they are where orders go: a supervisor asks, another person confirms.
    MisuseError for an unknown name, for what is no telephone or e-mail, for nothing at all.
    """
    actor = acting.actor_in(Role.OFFICER, Role.SUPERVISOR)
    unknown = sorted(set(given) - set(FIELDS))
    if unknown or not given:
        none = phrase("none is given")
        named = phrase("{name!r} is none of them", name=unknown[0]) if unknown else none
        raise MisuseError(
            phrase("contacts have {fields}: {named}", fields=", ".join(FIELDS), named=named)
        )
    checked = {name: _checked(name, text) for name, text in given.items()}
    with _at_work(acting) as (unit, now):
        body: dict[str, str] = json.loads(_opened(unit, partner_id) or "{}")
        body = {name: text for name, text in (body | checked).items() if text}
        if is_by_letter(unit, partner_id):
            values = partner_register.contacts_values(unit.vault, partner_id, body)
            change = ask_partner(unit, acting, partner_id, values, is_known=True)
            return phrase(
                "{partner_id}: asked for; another person confirms it: recovery approve {change}",
                partner_id=partner_id,
                change=change,
            )
        partner_register.set_contacts(unit, actor, now, partner_id, body)
    return phrase(
        "{partner_id}: contacts kept, sealed ({checked})",
        partner_id=partner_id,
        checked=", ".join(sorted(checked)),
    )


def show_contacts(acting: ActingOfficer, partner_id: str, reason: str) -> Contacts:
    """A partner's contacts in clear, once the history says to whom and why (the reason sealed).

    MisuseError without a reason or where there are none.
    """
    actor = acting.actor_in(Role.OFFICER, Role.SUPERVISOR)
    why = _line("reason", reason)
    if len(why) < _REASON_LENGTH_MIN:
        raise MisuseError(phrase("contacts are shown for a reason: say which"))
    with _at_work(acting) as (unit, now):
        found = contacts_of(_opened(unit, partner_id))
        if not found:
            raise MisuseError(
                phrase(
                    "{partner_id} has no contacts: `recovery partner contact`",
                    partner_id=partner_id,
                )
            )
        partner_register.note_shown(unit, actor, now, partner_id, why)
    return found


@contextmanager
def _at_work(acting: ActingOfficer) -> Iterator[tuple[Unit, datetime]]:
    try:
        with as_refusal(), unit_of_work(acting.database) as unit:
            yield unit, case_now(unit.session, acting.wall_now())
    except partner_register.NoSuchPartnerError as error:
        raise MisuseError(error_sentence(error)) from error


def _opened(unit: Unit, partner_id: str) -> str:
    known = opened_contacts(unit.session, unit.vault)
    if partner_id not in known:
        raise partner_register.NoSuchPartnerError(partner_id)
    return known[partner_id]


def _checked(name: str, text: str) -> str:
    line = _line(name, text)
    if name == "phone" and line and not any(c.isdigit() for c in line):
        raise MisuseError(phrase("a phone number has digits"))
    if name == "email" and line and not _EMAIL.fullmatch(line):
        raise MisuseError(phrase("an e-mail address is like desk@bank.example"))
    return line


def _line(name: str, text: str) -> str:
    """One line without what a terminal would obey; lines of an address are joined by commas."""
    line = ", ".join(part.strip() for part in text.splitlines() if part.strip())
    # A desk and an address may be written from right to left, with their marks.
    text = line if name in ("phone", "email") else undirected(line)
    if len(line) > _LENGTH_MAX or steers_or_hides(text):
        raise MisuseError(
            phrase(
                "{name} has at most {most} characters and no control characters",
                name=name,
                most=_LENGTH_MAX,
            )
        )
    return line
