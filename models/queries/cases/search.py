"""What a recovery is found by: case number, references, accounts, banks, the people in it.

Numbers of accounts are found whole, through their keyed index, or by their last four digits. Names
lie encrypted without an index: they are opened one by one, so only a search that asks for them
pays for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.account import Account, Party
from models.entities.asset import Asset
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.hold import Hold
from models.entities.partner import Partner
from models.entities.payout import Payout
from models.entities.recovery import Recovery
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault, VaultError

_R, _CLAIMS, _ASSETS = table_of(Recovery), table_of(Claim), table_of(Asset)
_ACCOUNTS, _PARTIES, _PARTNERS = table_of(Account), table_of(Party), table_of(Partner)
_BANK_REFERENCES = (table_of(Hold), table_of(Payout))
_TAIL_DIGITS = 4
MOST_NAMES = 500
"""A search for a name stops where more people than these are called so."""


class FoundBy(StrEnum):
    """Which detail of a recovery a text was found in."""

    CASE_NUMBER = "case number"
    REPORT = "reference of the report"
    PAYMENT = "reference of the payment"
    BANK_REFERENCE = "bank's reference"
    VICTIM_ACCOUNT = "account of a victim"
    PAYEE_ACCOUNT = "account that was paid"
    ASSET_ACCOUNT = "account in the recovery"
    BANK = "bank"
    VICTIM = "victim"
    HOLDER = "account holder"


_WAYS = tuple(FoundBy)


@dataclass(frozen=True, slots=True)
class Sought:
    """A text to find, in small letters, and the ids of what is called by it."""

    text: str
    accounts: frozenset[str] = frozenset()
    partners: frozenset[str] = frozenset()
    holders: frozenset[str] = frozenset()
    victims: frozenset[str] = frozenset()

    @property
    def names_too_many(self) -> bool:
        """Whether more people are called so than a search lists."""
        return max(len(self.victims), len(self.holders)) > MOST_NAMES


def sought(session: Session, vault: Vault, text: str, *, with_names: bool = False) -> Sought:
    """What `text` may name. With names, the encrypted names of all persons are read."""
    text = " ".join(text.lower().split())
    number, upper = text.replace(" ", ""), text.replace(" ", "").upper()
    rows = session.execute(sa.select(_PARTNERS.c.id, _PARTNERS.c.name)).all()
    numbers = {number, upper} if len(number) > _TAIL_DIGITS else set()
    by_number = {vault.keyed_id("acct", row.id, each) for row in rows for each in numbers}
    names = with_names and len(text) > 1
    return Sought(
        text,
        accounts=frozenset(by_number),
        partners=frozenset(r.id for r in rows if text and text in (r.id.lower(), r.name.lower())),
        holders=_called(session, vault, _ACCOUNTS, "holder_sealed", text) if names else frozenset(),
        victims=_called(session, vault, _PARTIES, "name_sealed", text) if names else frozenset(),
    )


def found_by(
    what: Sought, recovery_id: sa.ColumnElement[str], case_number: sa.ColumnElement[str]
) -> sa.ColumnElement[bool]:
    """The condition on a recovery that it would be found: what is looked up is looked up once.

    `case_number` is in small letters.
    """
    number = case_number.contains(what.text, autoescape=True)
    among = [query for queries in _lookups(what).values() for query in queries]
    return sa.or_(number, recovery_id.in_(sa.union_all(*among))) if among else number


def _lookups(what: Sought) -> Mapping[FoundBy, Sequence[sa.Select[Any]]]:
    """The recoveries that are found by each detail but their own; only where there can be any."""
    text = what.text
    found: dict[FoundBy, Sequence[sa.Select[Any]]] = {}
    if any(letter.isdigit() for letter in text):
        found[FoundBy.REPORT] = [_claim(sa.func.lower(_CLAIMS.c.external_ref) == text)]
        found[FoundBy.PAYMENT] = [_claim(sa.func.lower(_CLAIMS.c.end_to_end_id) == text)]
        found[FoundBy.BANK_REFERENCE] = [
            _in(t, sa.func.lower(t.c.bank_ref) == text) for t in _BANK_REFERENCES
        ]
    named = _accounts(what)
    if named is not None:
        found[FoundBy.VICTIM_ACCOUNT] = [_claim(_CLAIMS.c.victim_account_id.in_(named))]
        found[FoundBy.PAYEE_ACCOUNT] = [_claim(_CLAIMS.c.payee_account_id.in_(named))]
        found[FoundBy.ASSET_ACCOUNT] = [_asset(_ASSETS.c.account_id.in_(named))]
    if what.partners:
        of_victim = _claim(_CLAIMS.c.victim_partner_id.in_(what.partners))
        found[FoundBy.BANK] = [of_victim, _asset(_ASSETS.c.partner_id.in_(what.partners))]
    if what.victims:
        found[FoundBy.VICTIM] = [_claim(_CLAIMS.c.party_id.in_(what.victims))]
    if what.holders:
        found[FoundBy.HOLDER] = [
            _claim(_CLAIMS.c.payee_account_id.in_(what.holders)),
            _asset(_ASSETS.c.account_id.in_(what.holders)),
        ]
    return found


def ways_found(
    session: Session, what: Sought, recovery_ids: list[str]
) -> dict[str, tuple[FoundBy, ...]]:
    """By what each of these recoveries is found, in the order of `FoundBy`."""
    found: dict[str, tuple[FoundBy, ...]] = {}
    ways: dict[FoundBy, sa.ColumnElement[bool]] = {
        way: _R.c.id.in_(sa.union_all(*queries)) for way, queries in _lookups(what).items()
    }
    ways[FoundBy.CASE_NUMBER] = sa.func.lower(_R.c.case_number).contains(what.text, autoescape=True)
    for way, condition in sorted(ways.items(), key=lambda one: _WAYS.index(one[0])):
        query = sa.select(_R.c.id).where(_R.c.id.in_(recovery_ids), condition)
        for recovery_id in session.execute(query).scalars():
            found[recovery_id] = (*found.get(recovery_id, ()), way)
    return found


def _accounts(what: Sought) -> Any:  # noqa: ANN401 - a set of ids or a query for them
    """The accounts that are meant; None where the text can name none."""
    if len(what.text) == _TAIL_DIGITS and what.text.isalnum():
        return sa.select(_ACCOUNTS.c.id).where(sa.func.lower(_ACCOUNTS.c.tail) == what.text)
    return what.accounts or None


def _claim(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return _in(_CLAIMS, condition)


def _asset(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return _in(_ASSETS, condition)


def _in(table: sa.Table, condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(table.c.recovery_id).where(condition)


def _called(
    session: Session, vault: Vault, table: sa.Table, column: str, text: str
) -> frozenset[str]:
    """The ids of the rows whose encrypted name holds the text, one more than `MOST_NAMES` at most.

    What does not open names nobody.
    """
    sealed = table.c[column]
    query = sa.select(table.c.id, sealed).where(sealed != "")
    found = set[str]()
    for row in session.execute(query.execution_options(yield_per=1000)):
        try:
            name = vault.open(row[1], SealedPlace(table.name, row.id, column))
        except VaultError:
            continue
        if text in " ".join(name.lower().split()):
            found.add(row.id)
        if len(found) > MOST_NAMES:
            break
    return frozenset(found)
