"""Accounts and people: found by keyed id, stored encrypted."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.account import Account, Party
from models.entities.catalogue import table_of
from models.facts import AccountRef
from models.prepared import reading
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault
from models.store.unit import Unit

_ACCOUNTS, _PARTIES = table_of(Account), table_of(Party)


class AccountPlan:
    """Accounts that a file names: looked up and sealed before any of them is written."""

    def __init__(self, session: Session, vault: Vault) -> None:
        self.session, self.vault = session, vault
        self.accounts: dict[str, str] = {}
        self.banks: frozenset[str] | None = None
        self.absent: set[str] = set()
        self.rows: dict[str, dict[str, str]] = {}
        """New accounts as rows, by id."""
        self.news: dict[str, dict[str, str]] = {}
        """What was learned of accounts that are stored, by id."""

    def add(self, row: dict[str, str]) -> None:
        """A new account, sealed; of one planned already what was not known."""
        known = self.rows.get(row["id"], {})
        self.rows[row["id"]] = row | {name: value for name, value in known.items() if value}

    def learn(self, account_id: str, news: dict[str, str]) -> None:
        """Add a holder or a currency to an account that has none."""
        self.news[account_id] = self.news.get(account_id, {}) | news


class _Written:
    """Accounts written in an open transaction, at once."""

    def __init__(self, unit: Unit) -> None:
        self.session, self.vault, self.accounts = unit.session, unit.vault, unit.accounts

    def add(self, row: dict[str, str]) -> None:
        self.session.waiting.add(_ACCOUNTS, row["id"], row)

    def learn(self, account_id: str, news: dict[str, str]) -> None:
        where = _ACCOUNTS.c.id == account_id
        self.session.execute(_ACCOUNTS.update().where(where).values(**news))


def write_planned(unit: Unit, rows: Sequence[dict[str, str]]) -> None:
    """Store planned accounts; one that somebody else has stored meanwhile stays as it is."""
    ids = [row["id"] for row in rows]
    known = set(
        unit.session.execute(sa.select(_ACCOUNTS.c.id).where(_ACCOUNTS.c.id.in_(ids))).scalars()
    )
    new = [row for row in rows if row["id"] not in known]
    if new:
        unit.session.execute(_ACCOUNTS.insert(), new)


def write_learned(unit: Unit, account_id: str, news: dict[str, str]) -> None:
    """Store a holder or currency that was missing; a value stored meanwhile is kept."""
    columns = [_ACCOUNTS.c[name] for name in news]
    row = unit.session.execute(sa.select(*columns).where(_ACCOUNTS.c.id == account_id)).one()
    missing = {n: value for n, value in news.items() if not getattr(row, n)}
    if missing:
        _Written(unit).learn(account_id, missing)


def account_id_of(unit: Unit, ref: AccountRef) -> str:
    """The id of an account whether it is stored or not."""
    return unit.vault.keyed_id("acct", ref.bank, ref.number)


def ensure_account(unit: Unit | AccountPlan, ref: AccountRef, currency: str = "") -> str:
    """The id of an account, stored if it was not known; a holder's name is added when learned.

    With a plan nothing is written yet.
    """
    account_id = unit.vault.keyed_id("acct", ref.bank, ref.number)
    known = unit.accounts.get(account_id)
    if known is not None and (known or not currency):
        return account_id
    writes = unit if isinstance(unit, AccountPlan) else _Written(unit)
    query = reading(_ACCOUNTS.c.id, _ACCOUNTS.c.holder_sealed, _ACCOUNTS.c.currency)
    is_new = account_id in unit.absent
    row = None if is_new else unit.session.execute(query, {"of": account_id}).first()
    if row is None:
        unit.absent.discard(account_id)
        writes.add(
            {
                "id": account_id,
                "partner_id": ref.bank,
                "number_sealed": unit.vault.seal(
                    ref.number, SealedPlace("account", account_id, "number_sealed")
                ),
                "tail": ref.number[-4:],
                "holder_sealed": _holder(unit, account_id, ref.holder),
                "currency": currency,
            }
        )
        unit.accounts[account_id] = currency
        return account_id
    news: dict[str, str] = {}
    if ref.holder and not row.holder_sealed:
        news["holder_sealed"] = _holder(unit, account_id, ref.holder)
    if currency and not row.currency:
        news["currency"] = currency
    if news:
        writes.learn(account_id, news)
    unit.accounts[account_id] = row.currency or currency
    return account_id


def correct_holder(unit: Unit, account_id: str, holder: str) -> None:
    """Put the holder's name right; the account stays the same one."""
    sealed = _holder(unit, account_id, holder)
    unit.session.execute(
        _ACCOUNTS.update().where(_ACCOUNTS.c.id == account_id).values(holder_sealed=sealed)
    )


def ensure_party(unit: Unit, name: str, contact: str) -> str:
    """The id of a person, stored if not known: the same name and contact are the same person."""
    party_id = party_id_of(unit, name, contact)
    query = reading(_PARTIES.c.id, _PARTIES.c.id)
    is_new = party_id in unit.absent
    if is_new or not unit.session.execute(query, {"of": party_id}).first():
        unit.absent.discard(party_id)
        row = {
            "id": party_id,
            "name_sealed": unit.vault.seal(name, SealedPlace("party", party_id, "name_sealed")),
            "contact_sealed": unit.vault.seal(
                contact, SealedPlace("party", party_id, "contact_sealed")
            ),
        }
        unit.session.waiting.add(_PARTIES, party_id, row)
    return party_id


def party_id_of(unit: Unit, name: str, contact: str) -> str:
    """The id of a person whether he is stored or not."""
    return unit.vault.keyed_id("party", name, contact)


def _holder(unit: Unit | AccountPlan, account_id: str, holder: str) -> str:
    return unit.vault.seal(holder, SealedPlace("account", account_id, "holder_sealed"))
