"""Cross-border requests, their fields still sealed, and the names that may not be in them."""

from __future__ import annotations

import json

import sqlalchemy as sa
from sqlmodel import Session

from models.case_file import CaseFile
from models.entities.account import Account, Party
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.request import Request
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault, VaultError

_REQUESTS, _PARTIES, _CLAIMS = table_of(Request), table_of(Party), table_of(Claim)
_ACCOUNTS = table_of(Account)


def fields_place(request_id: str) -> SealedPlace:
    """Where a request's fields are kept."""
    return SealedPlace("request", request_id, "fields_sealed")


def sealed_fields(session: Session, request_id: str) -> str:
    """The sealed fields of a request."""
    query = sa.select(_REQUESTS.c.fields_sealed).where(_REQUESTS.c.id == request_id)
    return str(session.execute(query).scalar_one())


def opened_fields(session: Session, vault: Vault, request_id: str) -> dict[str, str]:
    """The fields of a request in clear: for its letter and for its next version only."""
    text = vault.open(sealed_fields(session, request_id), fields_place(request_id))
    found: dict[str, str] = json.loads(text or "{}")
    return found


def names_known(session: Session, vault: Vault, file: CaseFile) -> tuple[str, ...]:
    """Names of the victims of a recovery and of the holders of its accounts, in clear.

    For comparing only: a name that was changed by hand is left out.
    """
    people = session.execute(
        sa.select(_PARTIES.c.id, _PARTIES.c.name_sealed)
        .join(_CLAIMS, _CLAIMS.c.party_id == _PARTIES.c.id)
        .where(_CLAIMS.c.id.in_([c.id for c in file.claims]))
    )
    holders = session.execute(
        sa.select(_ACCOUNTS.c.id, _ACCOUNTS.c.holder_sealed).where(
            _ACCOUNTS.c.id.in_([a.account_id for a in file.assets])
        )
    )
    sealed = [(text, SealedPlace("party", id_, "name_sealed")) for id_, text in people]
    sealed += [(text, SealedPlace("account", id_, "holder_sealed")) for id_, text in holders]
    found = (_opened(vault, text, place).strip() for text, place in sealed)
    return tuple(sorted({name for name in found if len(name) > 1}))


def _opened(vault: Vault, sealed: str, place: SealedPlace) -> str:
    try:
        return vault.open(sealed, place)
    except VaultError:
        return ""
