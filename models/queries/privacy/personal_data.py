"""Names, contacts and account numbers of one recovery, opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from models.case_file import CaseFile
from models.entities.account import Account, Party
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.privacy.personal_data import Known
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault, VaultError

_PARTIES, _CLAIMS, _ACCOUNTS = table_of(Party), table_of(Claim), table_of(Account)
UNREADABLE = "? (changed by hand)"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Opened:
    """Accounts and victims of a recovery, by id."""

    numbers: Mapping[str, str]
    holders: Mapping[str, str]
    names: Mapping[str, str]
    contacts: Mapping[str, str]


def personal_fields(
    session: Session, vault: Vault, file: CaseFile, subject_id: str
) -> Mapping[str, str]:
    """The personal fields of one claim's victim or of one account, by field name.

    Empty where the recovery has no such claim or account; a value changed by hand is marked as
    such.
    """
    for claim in file.claims:
        if claim.id == subject_id:
            paid_to = claim.payout_account_id
            found = _opened(session, vault, [claim.id], [claim.victim_account_id, paid_to])
            return {
                "name": found.names.get(claim.id, ""),
                "contact": found.contacts.get(claim.id, ""),
                "account": found.numbers.get(claim.victim_account_id, ""),
                "payout-account": found.numbers.get(paid_to, ""),
                "payout-holder": found.holders.get(paid_to, ""),
            }
    for asset in file.assets:
        if asset.id == subject_id:
            found = _opened(session, vault, [], [asset.account_id])
            return {
                "holder": found.holders.get(asset.account_id, ""),
                "account": found.numbers.get(asset.account_id, ""),
            }
    return {}


def known_data(session: Session, vault: Vault, file: CaseFile) -> Known:
    """All personal data of a recovery, to search a text for it."""
    accounts = {asset.account_id for asset in file.assets}
    for claim in file.claims:
        accounts |= {claim.victim_account_id, claim.payout_account_id, claim.payee_account_id}
    accounts |= {one.payer_account_id for one in file.compensations}
    found = _opened(session, vault, [c.id for c in file.claims], sorted(accounts))
    names = {*found.names.values(), *found.holders.values()}
    return Known(
        *(
            tuple(sorted({v.strip() for v in values if v.strip() and v != UNREADABLE}))
            for values in (names, found.numbers.values(), found.contacts.values())
        )
    )


def _opened(session: Session, vault: Vault, claims: list[str], accounts: list[str]) -> _Opened:
    numbers, holders = {}, {}
    for some in _chunks(accounts):
        for row in session.execute(sa.select(_ACCOUNTS).where(_ACCOUNTS.c.id.in_(some))):
            numbers[row.id] = _open(vault, row.number_sealed, "account", row.id, "number_sealed")
            holders[row.id] = _open(vault, row.holder_sealed, "account", row.id, "holder_sealed")
    names, contacts = {}, {}
    people = sa.select(_CLAIMS.c.id.label("claim_id"), _PARTIES).join(
        _PARTIES, _PARTIES.c.id == _CLAIMS.c.party_id
    )
    for some in _chunks(claims):
        for row in session.execute(people.where(_CLAIMS.c.id.in_(some))):
            names[row.claim_id] = _open(vault, row.name_sealed, "party", row.id, "name_sealed")
            contacts[row.claim_id] = _open(
                vault, row.contact_sealed, "party", row.id, "contact_sealed"
            )
    return _Opened(numbers, holders, names, contacts)


def _open(vault: Vault, sealed: str, table: str, row_id: str, column: str) -> str:
    try:
        return vault.open(sealed, SealedPlace(table, row_id, column))
    except VaultError:
        return UNREADABLE


def _chunks(ids: list[str]) -> Iterator[list[str]]:
    return (ids[n : n + _AT_ONCE] for n in range(0, len(ids), _AT_ONCE))
