"""Masked names and account tails for a set of files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from models.account import Account, Party
from models.file import RecoveryFile
from models.queries.views import masked_account, masked_name
from models.recovery import Claim
from models.tables import table_of
from models.vault import Vault

_ACCOUNTS, _PARTIES, _CLAIMS = table_of(Account), table_of(Party), table_of(Claim)


@dataclass(frozen=True, slots=True)
class Names:
    """What may be shown of accounts and victims."""

    tails: Mapping[str, str]
    victims: Mapping[str, str]

    def account(self, account_id: str) -> str:
        """A masked account number."""
        return masked_account(self.tails.get(account_id, ""))

    def victim(self, claim_id: str) -> str:
        """A masked victim's name."""
        return self.victims.get(claim_id, "··")


def names_of(
    session: Session, vault: Vault, files: Iterable[RecoveryFile], beside: Iterable[str] = ()
) -> Names:
    """Read what may be shown for all accounts and claims of these files, and accounts `beside`."""
    files = list(files)
    claims = [c for f in files for c in f.claims]
    accounts = {a.account_id for f in files for a in f.assets} | set(beside)
    for claim in claims:
        accounts |= {claim.victim_account_id, claim.payout_account_id, claim.payee_account_id}
    tails = session.execute(
        sa.select(_ACCOUNTS.c.id, _ACCOUNTS.c.tail).where(_ACCOUNTS.c.id.in_(accounts))
    )
    people = session.execute(
        sa.select(_CLAIMS.c.id, _PARTIES.c.name_sealed)
        .join(_PARTIES, _PARTIES.c.id == _CLAIMS.c.party_id)
        .where(_CLAIMS.c.id.in_([c.id for c in claims]))
    )
    return Names(
        {row.id: row.tail for row in tails},
        {row.id: masked_name(vault.open(row.name_sealed)) for row in people},
    )
