"""Masked names and account tails for a set of files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.case_file import CaseFile
from models.entities.account import Account, Party
from models.entities.approval import ApprovalState
from models.entities.catalogue import table_of
from models.entities.claim import Claim, ClaimRow
from models.entities.event import EntityKind
from models.entities.recovery import Note
from models.letter_answer import TypedAnswer
from models.prepared import reading_any
from models.queries.books.money import tails
from models.queries.cases.letters import typed_answers
from models.queries.cases.views import masked_account, masked_name
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault, VaultError

_ACCOUNTS, _PARTIES, _CLAIMS = table_of(Account), table_of(Party), table_of(Claim)
_NOTES = table_of(Note)
# Built once: a page asks these of two hundred files, and building costs as much as asking.
_PEOPLE = (
    sa.select(_CLAIMS.c.id, _PARTIES.c.id.label("party_id"), _PARTIES.c.name_sealed)
    .join(_PARTIES, _PARTIES.c.id == _CLAIMS.c.party_id)
    .where(_CLAIMS.c.id.in_(sa.bindparam("ids", expanding=True)))
)
_HOLDERS = reading_any(_ACCOUNTS.c.id, _ACCOUNTS.c.id, _ACCOUNTS.c.holder_sealed)
_REASONS = sa.select(_NOTES.c.id, _NOTES.c.fingerprint, _NOTES.c.text_sealed).where(
    _NOTES.c.recovery_id.in_(sa.bindparam("of", expanding=True)),
    _NOTES.c.fingerprint.in_(sa.bindparam("prints", expanding=True)),
)
_UNREADABLE = "? (changed by hand)"
_NOT_KNOWN, _THE_VICTIM = "not known", "(the victim)"


@dataclass(frozen=True, slots=True)
class Names:
    """What may be shown of accounts and victims."""

    tails: Mapping[str, str]
    victims: Mapping[str, str]
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why a rule is asked for, more blocked than is disputed, what is objected: by the note's
    fingerprint."""
    answers: Mapping[str, TypedAnswer] = field(default_factory=dict)
    """What was typed of letters whose second look is pending, by call."""

    holders: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Whose an account is that a claim is paid to, by account and claim."""

    def holder(self, account_id: str, claim_id: str) -> str:
        """A masked holder's name, and whether it is the victim's."""
        return self.holders.get((account_id, claim_id), _NOT_KNOWN)

    def is_victims(self, account_id: str, claim_id: str) -> bool | None:
        """Whether its holder has the name of the claim's victim; None where he is not known."""
        text = self.holders.get((account_id, claim_id), _NOT_KNOWN)
        return None if text == _NOT_KNOWN else text.endswith(_THE_VICTIM)

    def account(self, account_id: str) -> str:
        """A masked account number."""
        return masked_account(self.tails.get(account_id, ""))

    def victim(self, claim_id: str) -> str:
        """A masked victim's name."""
        return self.victims.get(claim_id, "··")


def names_of(
    session: Session, vault: Vault, files: Iterable[CaseFile], beside: Iterable[str] = ()
) -> Names:
    """Read what may be shown for all accounts and claims of these files, and accounts `beside`."""
    files = list(files)
    claims = [c for f in files for c in f.claims]
    accounts = {a.account_id for f in files for a in f.assets} | set(beside)
    for claim in claims:
        accounts |= {claim.victim_account_id, claim.payout_account_id, claim.payee_account_id}
        accounts |= {claim.asked_account_id}
    payers = {(k.payer_account_id, k.claim_id) for f in files for k in f.compensations}
    accounts |= {account_id for account_id, _ in payers}
    people = _people(session, vault, {c.id for c in claims} | {of for _, of in payers})
    return Names(
        tails(session, accounts),
        {claim.id: masked_name(people[claim.id]) for claim in claims if claim.id in people},
        _reasons(session, vault, files),
        typed_answers(session, vault, _looked_at(files)),
        _holders(session, vault, claims, payers, people),
    )


def _people(session: Session, vault: Vault, claim_ids: set[str]) -> dict[str, str]:
    """The names of the victims of these claims, as they are stored."""
    rows = session.execute(_PEOPLE, {"ids": sorted(claim_ids)}) if claim_ids else ()
    return {row.id: _victim(vault, row) for row in rows}


def _holders(
    session: Session,
    vault: Vault,
    claims: list[ClaimRow],
    payers: set[tuple[str, str]],
    people: Mapping[str, str],
) -> dict[tuple[str, str], str]:
    """Of the accounts that claims are paid to, asked to be paid to, or have been paid by."""
    wanted = payers | {
        (account_id, c.id)
        for c in claims
        for account_id in (c.payout_account_id, c.asked_account_id)
        if account_id
    }
    ids = {account_id for account_id, _ in wanted}
    sealed = session.execute(_HOLDERS, {"of": sorted(ids)}) if ids else ()
    holders = {
        row.id: _shown(vault, row.holder_sealed, SealedPlace("account", row.id, "holder_sealed"))
        for row in sealed
    }
    return {
        (account_id, claim_id): _held_by(holders.get(account_id, ""), people.get(claim_id, ""))
        for account_id, claim_id in wanted
    }


def _held_by(holder: str, victim: str) -> str:
    if not holder:
        return _NOT_KNOWN
    is_same = " ".join(holder.split()).casefold() == " ".join(victim.split()).casefold()
    whose = _THE_VICTIM if is_same else "(NOT the name of the victim)"
    return f"{masked_name(holder)} {whose}"


def _looked_at(files: list[CaseFile]) -> set[str]:
    return {
        a.subject_id
        for f in files
        for a in f.approvals
        if a.subject_noun is EntityKind.CALL and a.state is ApprovalState.PENDING
    }


def _reasons(session: Session, vault: Vault, files: list[CaseFile]) -> dict[str, str]:
    prints = {f.recovery.asked_reason for f in files} | {f.recovery.tracing_reason for f in files}
    prints |= {h.scope_reason for f in files for h in f.holds}
    prints |= {r for f in files for c in f.claims for r in (c.asked_reason, c.payout_reason)}
    prints |= {r for f in files for o in f.objections for r in (o.reason, o.decision_reason)}
    prints |= {r for f in files for c in f.clawbacks for r in (c.reason, c.write_off_reason)}
    prints |= {c.reason for f in files for c in f.court_lists}
    prints |= {s.reason for f in files for s in f.court_shares}
    thirds = [t for f in files for t in f.third_party_claims]
    prints |= {r for t in thirds for r in (t.reason, t.decision_reason)}
    prints |= {u.reason for f in files for u in f.unclaimed}
    prints |= {r.assurance for f in files for r in f.requests}
    of = sorted(f.recovery.id for f in files)
    asked = {"of": of, "prints": sorted(prints - {""})}
    notes = session.execute(_REASONS, asked) if asked["of"] and asked["prints"] else ()
    # A note says first what it is about: "tracing rule libr: ...".
    return {
        row.fingerprint: vault.open(
            row.text_sealed, SealedPlace("note", row.id, "text_sealed")
        ).partition(": ")[2]
        for row in notes
    }


def _victim(vault: Vault, row: Any) -> str:  # noqa: ANN401 - a row with a party's name
    return _shown(vault, row.name_sealed, SealedPlace("party", row.party_id, "name_sealed"))


def _shown(vault: Vault, sealed: str, place: SealedPlace) -> str:
    """A sealed name; one that was changed by hand is no reason to show nothing of the recovery."""
    try:
        return vault.open(sealed, place)
    except VaultError:
        return _UNREADABLE
