"""What a fact sheet says of a holder: what he did, where else his account was used, who was harmed.

Each row has its day and its source. What is not recorded is said to be not recorded; nothing is
weighed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from models.case_file import CaseFile
from models.entities.asset import AssetRow
from models.entities.voluntary_return import InstalmentState, ReturnRow, ReturnState
from models.money import Money
from recovery_flows.correspondence.returns.compose import Facts, claim_number
from recovery_flows.correspondence.returns.page import Section, Table
from recovery_flows.correspondence.returns.wording import Wording
from recovery_flows.ledger.outstanding_losses import paid_minor
from recovery_flows.restitution.custody import is_received
from recovery_flows.restitution.voluntary import instalments_of

Row = tuple[datetime | None, str, str, str]
_HEAD = ("fact_sheet.when", "fact_sheet.what", "fact_sheet.amount", "fact_sheet.source")


def sections(facts: Facts, asset: AssetRow, words: Wording) -> Iterator[Section]:
    """Cooperation, repetition and harm, each with what stands for none."""
    acts = sorted(_cooperation(facts, asset, words), key=lambda row: str(row[0]))
    rows = tuple((facts.day(at), *rest) for at, *rest in acts)
    yield _section(words, "cooperation", rows, _HEAD, right=(2,))
    again = tuple(_repeats(facts, asset, words))
    yield _section(words, "repeats", again, (_HEAD[0], "fact_sheet.what", _HEAD[3]))
    harmed = tuple(_harm(facts, asset, words))
    head = ("common.claim", "fact_sheet.paid_on", "fact_sheet.loss", "fact_sheet.here",
            "fact_sheet.got")  # fmt: skip
    yield _section(words, "harm", harmed, head, right=(2, 3, 4))


def _section(
    words: Wording,
    name: str,
    rows: tuple[tuple[str, ...], ...],
    head: tuple[str, ...],
    *,
    right: tuple[int, ...] = (),
) -> Section:
    table = Table(tuple(words(key) for key in head), rows, right=right) if rows else None
    none = () if rows else (words(f"fact_sheet.{name}_none"),)
    return Section(words(f"fact_sheet.{name}"), (words(f"fact_sheet.{name}_intro"), *none), table)


def _cooperation(facts: Facts, asset: AssetRow, words: Wording) -> Iterator[Row]:
    """Invited, each part that was promised and what became of it, each sum that came, the end."""
    for row in facts.file.voluntary_returns:
        if row.account_id != asset.account_id:
            continue
        record = words("fact_sheet.record", name=row.id)
        yield row.invited_at, words("fact_sheet.invited"), "", record
        if row.state is ReturnState.UNANSWERED:
            yield row.answer_due_at, words("fact_sheet.unanswered"), "", record
        if row.state is ReturnState.ENDED:
            yield None, words("fact_sheet.gave_up"), "", record
        yield from _parts(facts.file, row, words, record)
        yield from _came(facts.file, row, words)


def _parts(file: CaseFile, row: ReturnRow, words: Wording, record: str) -> Iterator[Row]:
    for part in instalments_of(file, row.id):
        if part.state is not InstalmentState.REPLACED:
            amount = str(Money(part.amount_minor, part.currency))
            yield part.due_at, words(f"fact_sheet.part_{part.state}"), amount, record


def _came(file: CaseFile, row: ReturnRow, words: Wording) -> Iterator[Row]:
    for hold in (h for h in file.holds if h.return_id == row.id and is_received(h)):
        source = words("fact_sheet.booking", name=hold.bank_ref)
        amount = str(Money(hold.requested_minor, hold.currency))
        yield hold.acted_at, words("fact_sheet.gave"), amount, source


def _repeats(facts: Facts, asset: AssetRow, words: Wording) -> Iterator[tuple[str, ...]]:
    for one in facts.repeats.get(asset.account_id, ()):
        state = words("fact_sheet.other_open" if one.is_open else "fact_sheet.other_ended")
        which = one.ref or words("fact_sheet.other_hidden")
        yield facts.day(one.reported_at), state, which


def _harm(facts: Facts, asset: AssetRow, words: Wording) -> Iterator[tuple[str, ...]]:
    """Each claim of which money was in the account or gone from there, and the sum of them."""
    here = _traced_by_claim(facts.file, asset)
    losses = paid = 0
    for claim in facts.file.claims:
        if claim.id in here:
            got = paid_minor(facts.file, claim)
            losses, paid = losses + claim.reported_minor, paid + got
            yield (
                claim_number(claim.id), facts.day(claim.paid_at),
                str(facts.money(claim.reported_minor)), str(facts.money(here[claim.id])),
                str(facts.money(got)),
            )  # fmt: skip
    if here:
        total = words("fact_sheet.all_claims", count=len(here))
        sums = (losses, sum(here.values()), paid)
        yield total, "", *(str(facts.money(minor)) for minor in sums)


def _traced_by_claim(file: CaseFile, asset: AssetRow) -> dict[str, int]:
    """What of each claim the trace finds there or gone from there; before one, what was paid in."""
    if file.trace is None:
        return {
            c.id: c.reported_minor for c in file.claims if c.payee_account_id == asset.account_id
        }
    there = [(p.account_id, p.claim_id, p.claim_minor) for p in file.trace.positions]
    gone = [(p.account_id, p.claim_id, p.claim_minor) for p in file.trace.gone]
    found: dict[str, int] = {}
    for account_id, claim_id, minor in (*there, *gone):
        if account_id == asset.account_id and minor:
            found[claim_id] = found.get(claim_id, 0) + minor
    return found
