"""`audit verify`: replays the whole history and compares it with the rows as they are now.

It finds what somebody changed who can write to the database and to the file of heads but does not
have the key: any byte of an event, a posting or a row, a sealed text put elsewhere, anything
removed that a signed head still tells of, a trigger or another part of the schema. Not found: an
end of the history cut off together with the end of the head file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from models.engine import Database
from models.entities.catalogue import table_of
from models.entities.event import Event
from models.entities.ledger import PostingRow
from models.outcome import unbalanced
from models.queries.audit.evidence import evidence_differences
from models.queries.audit.removed import missing_refs, refs_by_id
from models.queries.audit.replay import Replay
from models.queries.audit.rollups import rollup_differences
from models.queries.audit.schema import schema_differences
from models.queries.audit.sealed import seal_differences, sealed_since
from models.raw import instant, raw_select
from models.sealing.signed_heads import Head
from models.sealing.vault import Vault
from models.store.record import digest_of, posting_body
from models.store.unit import FIRST_DIGEST

_EVENTS, _POSTINGS = table_of(Event), table_of(PostingRow)


class FindingKind(StrEnum):
    """What is wrong with the history."""

    CHANGED_EVENT = "changed_event"
    FOREIGN_EVENT = "foreign_event"
    MISSING_EVENT = "missing_event"
    BROKEN_CHAIN = "broken_chain"
    CHANGED_ENTRY = "changed_entry"
    STRAY_POSTING = "stray_posting"
    CHANGED_ROW = "changed_row"
    CHANGED_EVIDENCE = "changed_evidence"
    BROKEN_SEAL = "broken_seal"
    CHANGED_HEAD = "changed_head"
    REMOVED_EVENT = "removed_event"
    REMOVED_RECOVERY = "removed_recovery"
    CHANGED_SCHEMA = "changed_schema"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written; `ref` and `recovery_id` are "" for none."""

    kind: FindingKind
    seq: int | None
    recovery_id: str
    ref: str
    noun: str
    subject_id: str
    sentence: str


@dataclass(slots=True)
class _Walk:
    """What one pass over the events has seen so far."""

    vault: Vault
    refs: dict[str, str]
    signed_to: int
    findings: list[Finding] = field(default_factory=list)
    replay: Replay = field(default_factory=Replay)
    digests: dict[int, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    seq: int = 0
    digest: str = FIRST_DIGEST

    def find(
        self,
        kind: FindingKind,
        sentence: str,
        *,
        seq: int | None = None,
        recovery_id: str = "",
        noun: str = "",
        subject_id: str = "",
    ) -> None:
        ref = self.refs.get(recovery_id, "")
        self.findings.append(Finding(kind, seq, recovery_id, ref, noun, subject_id, sentence))


def verify(database: Database) -> tuple[Finding, ...]:
    """Everything in the database that does not follow from its signed history; empty: intact."""
    heads, bad = database.heads.read(database.vault)
    with database.whole.reading() as session:
        signed_to = max((head.seq for head in heads), default=0)
        walk = _Walk(database.vault, refs_by_id(session), signed_to)
        for event, postings in _entries(session):
            _check_event(walk, event, postings)
        for difference in walk.replay.differences(session):
            walk.find(
                FindingKind.CHANGED_ROW, difference.sentence, recovery_id=difference.recovery_id,
                noun=difference.noun, subject_id=difference.id,
            )  # fmt: skip
        _check_evidence(walk, session, heads)
        for kind, name, sentence in schema_differences(session, database.engine):
            walk.find(FindingKind.CHANGED_SCHEMA, sentence, noun=kind, subject_id=name)
        for ref in missing_refs(session):
            sentence = f"{ref} was given out and no recovery has it any more: it was removed"
            walk.findings.append(
                Finding(FindingKind.REMOVED_RECOVERY, None, "", ref, "recovery", "", sentence)
            )
        if not walk.findings:  # else they follow from rows that are wrong themselves
            for table, name, sentence in rollup_differences(session):
                walk.find(FindingKind.CHANGED_ROW, sentence, noun=table, subject_id=name)
    for sentence in bad:
        walk.find(FindingKind.CHANGED_HEAD, sentence)
    _check_heads(walk, heads)
    return tuple(walk.findings)


def _check_evidence(walk: _Walk, session: Session, heads: Sequence[Head]) -> None:
    """What no event carries: what ids and digests vouch for, then what only seals do."""
    named = set()
    for noun, name, sentence in evidence_differences(session, walk.vault, sealed_since(heads)):
        named.add((noun, name))
        walk.find(FindingKind.CHANGED_EVIDENCE, sentence, noun=noun, subject_id=name)
    for noun, name, sentence in seal_differences(session, walk.vault, heads):
        if (noun, name) not in named:
            walk.find(FindingKind.BROKEN_SEAL, sentence, noun=noun, subject_id=name)


def _entries(session: Session) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    """Each event in order with its postings, both read in one pass.

    Postings of no event come with an event of that sequence that has no digest.
    """
    legs = _legs(session)
    pending = next(legs, None)
    names = list(_EVENTS.c.keys())
    query = raw_select(_EVENTS).order_by(_EVENTS.c.seq)
    for row in session.execute(query, execution_options={"yield_per": 2000}):
        event = dict(zip(names, row, strict=True))
        event["at"] = instant(event["at"])
        postings = []
        while pending is not None and pending.event_seq <= event["seq"]:
            if pending.event_seq == event["seq"]:
                postings.append(pending)
            else:
                yield {"seq": pending.event_seq}, [pending]
            pending = next(legs, None)
        yield event, postings
    while pending is not None:
        yield {"seq": pending.event_seq}, [pending]
        pending = next(legs, None)


def _legs(session: Session) -> Iterator[Any]:
    query = raw_select(_POSTINGS).order_by(_POSTINGS.c.event_seq, _POSTINGS.c.leg)
    yield from session.execute(query, execution_options={"yield_per": 2000})


def _check_event(walk: _Walk, event: dict[str, Any], postings: Sequence[Any]) -> None:
    seq = event["seq"]
    if "digest" not in event:
        leg = postings[0]
        walk.find(
            FindingKind.STRAY_POSTING,
            f"a posting to {leg.account} names event {seq}, which is not there",
            seq=seq, recovery_id=str(leg.recovery_id),
        )  # fmt: skip
        return
    _check_place(walk, event)
    is_ours = _check_digest(walk, event, postings)
    walk.seq, walk.digest = seq, event["digest"]
    walk.digests[seq] = event["digest"]
    broken = walk.replay.feed(event)
    if broken and is_ours:
        walk.find(
            FindingKind.BROKEN_CHAIN, f"event {seq} {broken}", seq=seq,
            recovery_id=str(event["recovery_id"]), noun=str(event["noun"]),
            subject_id=str(event["subject_id"]),
        )  # fmt: skip


def _check_place(walk: _Walk, event: dict[str, Any]) -> None:
    """Numbers without a gap, each event naming the one before, globally and per recovery."""
    seq, recovery_id = event["seq"], str(event["recovery_id"])
    if seq != walk.seq + 1:
        first, last = walk.seq + 1, seq - 1
        what = f"event {first} is" if first == last else f"events {first} to {last} are"
        walk.find(FindingKind.MISSING_EVENT, f"{what} missing", seq=first)
    elif event["previous_digest"] != walk.digest:
        sentence = f"event {seq} was written after another event than the {walk.seq} that is there"
        walk.find(FindingKind.BROKEN_CHAIN, sentence, seq=seq, recovery_id=recovery_id)
    walk.counts[recovery_id] += 1
    number = event["recovery_seq"]
    if number != walk.counts[recovery_id]:
        name = walk.refs.get(recovery_id, recovery_id) or "no recovery"
        sentence = f"event {seq} is number {number} of {name}, and {walk.counts[recovery_id] - 1}"
        sentence += " are there before it"
        walk.find(FindingKind.MISSING_EVENT, sentence, seq=seq, recovery_id=recovery_id)
        walk.counts[recovery_id] = number


def _check_digest(walk: _Walk, event: dict[str, Any], postings: Sequence[Any]) -> bool:
    """Whether the event and its entry are as they were written; else it is named."""
    seq, recovery_id = event["seq"], str(event["recovery_id"])
    about = f"event {seq} ({event['noun']} {event['subject_id']} {event['event']})"
    same_file = all(p.recovery_id == recovery_id for p in postings)
    in_order = [p.leg for p in postings] == list(range(1, len(postings) + 1))
    digest = digest_of(walk.vault, event, [posting_body(p) for p in postings])
    fits = digest == event["digest"]
    wrong = _off_balance(postings)
    if fits and same_file and in_order and not wrong:
        return True
    if wrong or fits:
        kind, sentence = FindingKind.CHANGED_ENTRY, f"the ledger entry of {about} was changed"
        sentence += "".join(f"; {side} is off by {minor}" for side, minor in wrong.items())
    elif seq > walk.signed_to:
        kind = FindingKind.FOREIGN_EVENT
        sentence = f"{about} was not written by this program: nothing was signed for it"
    else:
        kind = FindingKind.CHANGED_EVENT
        entry = f" or its entry of {len(postings)} postings" if postings else ""
        sentence = f"{about}{entry} was changed: it does not fit its digest"
    walk.find(
        kind, sentence, seq=seq, recovery_id=recovery_id,
        noun=str(event["noun"]), subject_id=str(event["subject_id"]),
    )  # fmt: skip
    return False


def _off_balance(postings: Sequence[Any]) -> dict[str, int]:
    try:
        return unbalanced(postings)
    except TypeError:
        return {"an amount that is no number": 0}


def _check_heads(walk: _Walk, heads: Sequence[Head]) -> None:
    """What was signed has to be there still, event by event and recovery by recovery."""
    if not heads and walk.seq:
        sentence = f"there are {walk.seq} events and no signed head of them: the file was removed"
        walk.find(FindingKind.CHANGED_HEAD, sentence)
    counts: dict[str, int] = {}
    for head in heads:
        for recovery_id, count in head.counts.items():
            counts[recovery_id] = max(count, counts.get(recovery_id, 0))
        found = walk.digests.get(head.seq)
        if found is None and head.seq > walk.seq:
            sentence = f"event {head.seq} was signed at {head.at} and is not there any more"
            walk.find(FindingKind.REMOVED_EVENT, sentence, seq=head.seq)
        elif found is not None and found != head.digest:
            sentence = f"event {head.seq} is not the one that was signed at {head.at}"
            walk.find(FindingKind.CHANGED_EVENT, sentence, seq=head.seq)
    for recovery_id, count in sorted(counts.items()):
        left = walk.counts[recovery_id]
        if recovery_id and not left:
            sentence = f"the recovery {recovery_id} had {count} signed events and has none: "
            sentence += "it was removed"
            walk.find(
                FindingKind.REMOVED_RECOVERY, sentence, recovery_id=recovery_id,
                noun="recovery", subject_id=recovery_id,
            )  # fmt: skip
        elif left < count:
            sentence = f"the last {count - left} events of {recovery_id or 'no recovery'} are gone"
            walk.find(FindingKind.REMOVED_EVENT, sentence, recovery_id=recovery_id)
