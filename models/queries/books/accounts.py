"""Which account a number is, and which bank a code is, as far as the unit knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from models.case_file import Place
from models.entities.account import Account
from models.entities.asset import Asset
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.partner import Partner, PartnerKind
from models.entities.recovery import Recovery, RecoveryState
from models.sealing.vault import Vault

_ACCOUNTS, _PARTNERS = table_of(Account), table_of(Partner)
_ASSETS, _CLAIMS, _RECOVERIES = table_of(Asset), table_of(Claim), table_of(Recovery)
_BIC_BANK_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Banks:
    """All banks: where each is, and the codes that statement files name them by."""

    place: Mapping[str, Place]
    codes: Mapping[str, frozenset[str]]

    def by_code(self, code: str) -> str:
        """The partner of a BIC or bank code (a branch's BIC is its bank's), or of our own id."""
        wanted = _spelled(code)
        if not wanted:
            return ""
        return next((p for p, codes in self.codes.items() if wanted in codes), "")

    def with_code(self, bank: str, code: str) -> Banks:
        """The same with one more code by which a bank is named."""
        known = self.codes.get(bank, frozenset())
        return Banks(self.place, {**self.codes, bank: known | {_spelled(code)}})


def _spelled(code: str) -> str:
    """A BIC without its branch; other codes as they are, in capitals."""
    text = code.strip().upper()
    is_bic = len(text) in (8, 11) and text[:6].isalpha() and text.isalnum()
    return text[:_BIC_BANK_LENGTH] if is_bic else text


def banks(session: Session) -> Banks:
    """Every registered bank with its codes."""
    rows = session.execute(
        sa.select(
            _PARTNERS.c.id, _PARTNERS.c.home, _PARTNERS.c.regime, _PARTNERS.c.currency,
            _PARTNERS.c.codes,
        )
        .where(_PARTNERS.c.kind == PartnerKind.BANK)
        .order_by(_PARTNERS.c.id)
    ).all()  # fmt: skip
    return Banks(
        {row.id: Place(row.id, row.home, row.regime, row.currency) for row in rows},
        {
            row.id: frozenset({_spelled(row.id), *(_spelled(c) for c in row.codes.split(",") if c)})
            for row in rows
        },
    )


def partners_with(session: Session, vault: Vault, banks_: Banks, number: str) -> list[str]:
    """The partners at which an account of this number is stored."""
    ids = {vault.keyed_id("acct", bank, number): bank for bank in banks_.place}
    query = sa.select(_ACCOUNTS.c.id).where(_ACCOUNTS.c.id.in_(ids))
    return sorted(ids[found] for found in session.execute(query).scalars())


def currency_of(session: Session, account_id: str) -> str:
    """The currency that an account is known to be in; "" where it is not known."""
    query = sa.select(_ACCOUNTS.c.currency).where(_ACCOUNTS.c.id == account_id)
    return session.execute(query).scalar() or ""


def recoveries_about(session: Session, account_id: str) -> list[str]:
    """Open recoveries in which an account is an asset or a victim's own, the oldest first."""
    of_assets = sa.select(_ASSETS.c.recovery_id).where(_ASSETS.c.account_id == account_id)
    of_claims = sa.select(_CLAIMS.c.recovery_id).where(_CLAIMS.c.victim_account_id == account_id)
    query = (
        sa.select(_RECOVERIES.c.id)
        .where(
            _RECOVERIES.c.id.in_(of_assets.union(of_claims)),
            _RECOVERIES.c.state == RecoveryState.OPEN,
        )
        .order_by(_RECOVERIES.c.reported_at, _RECOVERIES.c.id)
    )
    return list(session.execute(query).scalars())
