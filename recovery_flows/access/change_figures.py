"""What whoever confirms a change of the registers is shown of it, beside what is stored now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from models.entities.register_change import AUTHORITY_ACTS, RESTRICTION_ACTS, RegisterAct
from models.queries.installation.registers import PendingChange, named_in
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault

_SHOWN = {
    "handle": "officer", "roles": "roles", "os_user": "system user", "name": "name",
    "kind": "kind", "regime": "law", "currency": "currency", "home": "at home",
    "channel": "channel", "base_url": "address", "client_id": "client id",
    "ca_path": "trusted certificates", "cert_path": "our certificate", "cert_key_path": "its key",
    "country": "State", "role": "role", "channels": "channels", "languages": "languages",
    "holidays": "holidays", "attachments": "attachments", "address": "address",
    "source": "source", "checked_on": "checked on",
}  # fmt: skip
_SECRETS = {"secret_hash": "secret", "token_sealed": "fixed token"}
_CONTACTS, SUBJECT = "contacts_sealed", "told as"
_RESTRICTED, _MEMBER = "restricted recovery", "member"
LABELS = (*_SHOWN.values(), *_SECRETS.values(), _RESTRICTED, _MEMBER)
"""What the values of a change are called where another person confirms it."""
SHOWN_COLUMNS = frozenset({*_SHOWN, *_SECRETS, _CONTACTS})
"""What a change may carry: whoever confirms it is shown, or told of, each of these."""


def figures_of(
    change: PendingChange, before: Mapping[str, object], vault: Vault
) -> tuple[tuple[str, str], ...]:
    """Every value that a yes puts in force; `before` is what is stored now, by column."""
    return (*_figures(change, before), *_contacts(change, before, vault))


def _figures(change: PendingChange, before: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every value that a yes puts in force, with what stands there now where it is another."""
    values: dict[str, object] = json.loads(change.values)
    if change.act in RESTRICTION_ACTS:
        yield _RESTRICTED, str(before[SUBJECT])
        for name in named_in(change):
            yield _MEMBER, name
        yield "reason", str(values["reason"])
        return
    if change.act in (RegisterAct.DISMISS_OFFICER, RegisterAct.RESET_LOG_IN):
        yield "officer", change.subject_id
        yield "roles", _shown(before.get("roles"))
    elif "handle" not in values:
        yield "authority" if change.act in AUTHORITY_ACTS else "partner", change.subject_id
    for column, label in _SHOWN.items():
        if column in values:
            new, old = _shown(values[column]), _shown(before.get(column))
            changed = bool(before) and new != old
            if new or changed:
                yield label, f"{new or 'none'} (now: {old or 'none'})" if changed else new
    for column, label in _SECRETS.items():
        if values.get(column):
            yield label, "a new one" if before.get(column) else "one of its own"


def _contacts(
    change: PendingChange, before: Mapping[str, object], vault: Vault
) -> Iterator[tuple[str, str]]:
    """Where letters are to go, beside where they go now; a bank's address is no secret here."""
    values: dict[str, object] = json.loads(change.values)
    place = SealedPlace("partner", change.subject_id, _CONTACTS)
    if _CONTACTS not in values:
        return
    new, old = (
        json.loads(vault.open(str(row.get(_CONTACTS) or ""), place) or "{}")
        for row in (values, before)
    )
    for name in sorted({*new, *old}):
        is_same = new.get(name) == old.get(name)
        now = "" if is_same else f" (now: {old.get(name) or 'none'})"
        yield name, f"{new.get(name) or 'none'}{now}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
