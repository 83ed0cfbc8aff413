"""Accounts and people: found by keyed id, stored sealed."""

from __future__ import annotations

import sqlalchemy as sa

from models.account import Account, Party
from models.facts import AccountRef
from models.store.unit import Unit
from models.tables import table_of

_ACCOUNTS, _PARTIES = table_of(Account), table_of(Party)


def account_id_of(unit: Unit, ref: AccountRef) -> str:
    """The id of an account whether it is stored or not."""
    return unit.vault.keyed_id("acct", ref.bank, ref.number)


def ensure_account(unit: Unit, ref: AccountRef, currency: str = "") -> str:
    """The id of an account, stored if it was not known; a holder's name is added when learned."""
    account_id = account_id_of(unit, ref)
    known = unit.accounts.get(account_id)
    if known is not None and (known or not currency):
        return account_id
    row = unit.session.execute(
        sa.select(_ACCOUNTS.c.holder_sealed, _ACCOUNTS.c.currency).where(
            _ACCOUNTS.c.id == account_id
        )
    ).first()
    if row is None:
        unit.session.execute(
            _ACCOUNTS.insert().values(
                id=account_id,
                partner_id=ref.bank,
                number_sealed=unit.vault.seal(ref.number),
                tail=ref.number[-4:],
                holder_sealed=unit.vault.seal(ref.holder),
                currency=currency,
            )
        )
        unit.accounts[account_id] = currency
        return account_id
    news: dict[str, str] = {}
    if ref.holder and not row.holder_sealed:
        news["holder_sealed"] = unit.vault.seal(ref.holder)
    if currency and not row.currency:
        news["currency"] = currency
    if news:
        unit.session.execute(_ACCOUNTS.update().where(_ACCOUNTS.c.id == account_id).values(**news))
    unit.accounts[account_id] = row.currency or currency
    return account_id


def correct_holder(unit: Unit, account_id: str, holder: str) -> None:
    """Put the holder's name right; the account stays the same one."""
    sealed = unit.vault.seal(holder)
    unit.session.execute(
        _ACCOUNTS.update().where(_ACCOUNTS.c.id == account_id).values(holder_sealed=sealed)
    )


def ensure_party(unit: Unit, name: str, contact: str) -> str:
    """The id of a person, stored if not known: the same name and contact are the same person."""
    party_id = unit.vault.keyed_id("party", name, contact)
    if not unit.session.execute(sa.select(_PARTIES.c.id).where(_PARTIES.c.id == party_id)).first():
        unit.session.execute(
            _PARTIES.insert().values(
                id=party_id,
                name_sealed=unit.vault.seal(name),
                contact_sealed=unit.vault.seal(contact),
            )
        )
    return party_id
