"""What people do with a court's list of returns; each is one transaction.

The list counts with the yes of another person (`recovery approve`); what it gives is paid like any
other return, by a decision of its own that takes two people too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.language.phrase import phrase
from models.money import Money
from models.queries.books.money import tails
from models.queries.cases.claims import claims_by_reference
from models.store.unit import Unit
from recovery_flows.access.acting_officer import Edit
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.correspondence.returns.compose import claim_number
from recovery_flows.errors import MisuseError
from recovery_flows.intake.budget import Limits
from recovery_flows.ledger import pools
from recovery_flows.ledger.outstanding_losses import net_loss_minor
from recovery_flows.restitution import guards, stage
from recovery_flows.restitution.court import endings, file as court_file, identities, lists


class _NothingKeptError(Exception):
    """A dry run ends its transaction with nothing written."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is known of a court's list besides its rows: `asset_id` "" where one account is held."""

    reference: str
    ordered_at: datetime
    asset_id: str = ""


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row beside what stands today: by the court, by the law's rule, open of the claim."""

    line: int
    claim_id: str
    by_court: Money
    by_rule: Money | None
    open: Money | None

    @property
    def result(self) -> str:
        """What becomes of it, in words."""
        if self.open is None:
            return phrase("names nobody known: kept until its officer has found whose it is")
        if self.by_court.minor > self.open.minor:
            return phrase("above what is open of the claim: {open} can be paid", open=self.open)
        return phrase("as listed")


@dataclass(slots=True)
class ImportedList:
    """What became of each row, what is held, and the approval by which the list counts."""

    ref: str = ""
    reference: str = ""
    rows: list[ListedRow] = field(default_factory=list)
    held: Money | None = None
    approval: str = ""
    asset_id: str = ""


def import_list(
    acting: CaseOfficer,
    recovery_id: str,
    path: Path,
    raw: bytes,
    order: Order,
    limits: Limits,
    *,
    dry_run: bool = False,
) -> ImportedList:
    """Enter a court's list of one account from a file; another person confirms it."""
    (done,) = import_lists(acting, recovery_id, path, raw, order, limits, dry_run=dry_run)
    return done


def import_lists(
    acting: CaseOfficer,
    recovery_id: str,
    path: Path,
    raw: bytes,
    order: Order,
    limits: Limits,
    *,
    dry_run: bool = False,
) -> tuple[ImportedList, ...]:
    """Enter a court's list from a file, one for each account that it names, all or none.

    Another person confirms each. A dry run keeps nothing.
    """
    reference = " ".join(order.reference.split())
    if not reference or len(reference) > lists.REFERENCE_MAX:
        raise MisuseError(
            phrase(
                "--reference has {count} characters: 1 to {reference_max}",
                count=len(reference),
                reference_max=lists.REFERENCE_MAX,
            )
        )
    done: list[ImportedList] = []
    try:
        with acting.editing(recovery_id) as edit:
            file = edit.file
            known, accounts = _known(edit.unit, file), _accounts(edit.unit, file)
            read = court_file.read_lists(path, raw, file.recovery.currency, known, accounts, limits)
            for asset_id, shares in read:
                asset = _asset(file, asset_id or order.asset_id)
                done.append(_entered(acting, edit, asset, shares, raw, order, reference))
            if dry_run:
                raise _NothingKeptError
    except _NothingKeptError:
        for one in done:
            one.approval = ""
    return tuple(done)


def _entered(
    acting: CaseOfficer,
    edit: Edit,
    asset: AssetRow,
    shares: tuple[lists.ListedShare, ...],
    raw: bytes,
    order: Order,
    reference: str,
) -> ImportedList:
    """One account's part of a court's list, entered."""
    file = edit.file
    free = lists.undivided(file, asset.id)
    held = Money(pools.payable_minor(free, asset), file.recovery.currency)
    rows = list(_beside(acting, free, asset, shares))
    proof = edit.keep(raw, "court's list", "text/csv")
    ordered = lists.ListOrdered(asset.id, reference, order.ordered_at, proof, shares)
    approval = lists.enter(edit.changes, ordered, edit.actor.id, edit.now)
    return ImportedList(edit.ref, reference, rows, held, approval, asset.id)


def _accounts(unit: Unit, file: CaseFile) -> Mapping[str, str]:
    """The account of each name by which a file may call it: its id, or its last four digits.

    Digits that two accounts share name neither.
    """
    ours = [a for a in file.assets if not a.is_custody]
    digits = tails(unit.session, [a.account_id for a in ours])
    known: dict[str, str] = {}
    for asset in ours:
        tail = digits[asset.account_id]
        known[tail] = "" if tail in known else asset.id
    known |= {asset.id: asset.id for asset in ours}
    return {name: asset_id for name, asset_id in known.items() if asset_id}


def _asset(file: CaseFile, asset_id: str) -> AssetRow:
    held = [a for a in file.assets if not a.is_custody and pools.carried(file, a)]
    if asset_id:
        held = [a for a in held if a.id == asset_id]
    if len(held) == 1:
        return held[0]
    ref = file.recovery.ref
    if held:
        raise MisuseError(
            phrase("which account is meant? --asset {named}", named=" or ".join(a.id for a in held))
        )
    which = f" {asset_id}" if asset_id else ""
    raise MisuseError(
        phrase(
            "nothing is held on an account{which} of {ref}: `recovery show {ref}`",
            which=which,
            ref=ref,
        )
    )


def _known(unit: Unit, file: CaseFile) -> Mapping[str, str]:
    """The claim of each name by which a court may call it: id, number, the report's reference."""
    known = {ref.lower(): name for ref, name in claims_by_reference(unit.session, file.recovery.id)}
    for claim in file.claims:
        known[claim_number(claim.id).lower()] = claim.id
        known[claim.id.lower()] = claim.id
    return known


def _beside(
    acting: CaseOfficer, file: CaseFile, asset: AssetRow, shares: tuple[lists.ListedShare, ...]
) -> Iterator[ListedRow]:
    currency = file.recovery.currency
    by_rule: dict[str, int] = {}
    if guards.claim_shares(file, asset):
        result, _ = stage.divide(file, asset, acting.laws)
        by_rule = {line.claim_id: line.payout_minor for line in result.lines}
    claims = {c.id: c for c in file.claims}
    for share in shares:
        claim = claims.get(share.claim_id)
        yield ListedRow(
            share.line, share.claim_id, Money(share.amount_minor, currency),
            Money(by_rule.get(share.claim_id, 0), currency) if claim else None,
            Money(net_loss_minor(file, claim), currency) if claim else None,
        )  # fmt: skip


def identify(acting: CaseOfficer, recovery_id: str, share_id: str, claim: str, reason: str) -> str:
    """Ask another person to confirm whose a row is; without a claim it is to be set aside."""
    if not claim:
        return set_aside(acting, recovery_id, share_id, reason)
    with acting.editing(recovery_id) as edit:
        why = edit.note(f"row {share_id} of the court's list", reason)
        claim_id = _known(edit.unit, edit.file).get(claim.lower(), claim)
        asked = identities.ask_identity(
            edit.changes, share_id, claim_id, why, edit.actor.id, edit.now
        )
    return phrase(
        "{ref}: {share_id} is of {claim_id} when another person approves: {asked}",
        ref=edit.ref,
        share_id=share_id,
        claim_id=claim_id,
        asked=asked,
    )


def set_aside(acting: CaseOfficer, recovery_id: str, share_id: str, reason: str) -> str:
    """Ask another person to confirm that a row is nobody's of this recovery."""
    with acting.editing(recovery_id) as edit:
        why = edit.note(f"row {share_id} of the court's list set aside", reason)
        asked = endings.ask_set_aside(edit.changes, share_id, why, edit.actor.id, edit.now)
    return phrase(
        "{ref}: {share_id} is set aside when another person approves: {asked}",
        ref=edit.ref,
        share_id=share_id,
        asked=asked,
    )


def end(acting: CaseOfficer, recovery_id: str, list_id: str, reason: str) -> str:
    """Ask another person to confirm that a court has withdrawn its list."""
    with acting.editing(recovery_id) as edit:
        why = edit.note(f"end of {list_id}", reason)
        asked = endings.ask_end(edit.changes, list_id, why, edit.actor.id, edit.now)
    return phrase(
        "{ref}: {list_id} is followed no more when another person approves: {asked}",
        ref=edit.ref,
        list_id=list_id,
        asked=asked,
    )
