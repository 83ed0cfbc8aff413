"""Records a decision with what follows from it for the queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step, in_order
from models.entities.asset import Stage
from models.entities.call import CallKind
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.entities.recovery import CLOSED_RECOVERIES
from models.queries.cases.case_files import load_each
from models.queries.cases.deconfliction import recoveries_wanting, recoveries_without_funds
from models.queries.cases.work import versions_of
from models.sealing.sealed_place import SealedPlace
from models.step_wording import say
from models.store.calls import recheck_orders
from models.store.derived import Derived, make_due, write_derived
from models.store.record import record
from models.store.unit import ENGINE, Actor, Unit
from recovery_flows.approvals import upkeep as approval_upkeep
from recovery_flows.cases import deadlines, next_steps, scheduling, stages
from recovery_flows.cases.clocks.edition import text_to_keep
from recovery_flows.cases.clocks.entries import entries
from recovery_flows.freezing import account_monitoring
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset, FirstMove, SomethingToDoError
from recovery_flows.multi_agency import stage as multi_agency
from recovery_flows.restitution.victims import news


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on a recovery as it was at a version of its file, and what then follows."""

    changes: Changeset
    shown: Derived

    @property
    def recovery_id(self) -> str:
        """The recovery that it is about."""
        return self.changes.file.recovery.id

    @property
    def version(self) -> int:
        """The version of the file that it was made on: no rule changes that."""
        return self.changes.file.recovery.version


def commit_changes(
    unit: Unit, actor: Actor, now: datetime, laws: Regimes, changes: Changeset
) -> None:
    """Record everything that `changes` holds, in this transaction, and what follows for the queue.

    A pending approval of which a figure has changed becomes void with it.
    """
    write_changes(unit, actor, now, laws, changes)
    refresh_others(unit, now, laws, [changes])


def write_changes(
    unit: Unit, actor: Actor, now: datetime, laws: Regimes, changes: Changeset
) -> None:
    """The same without what follows for other recoveries: `refresh_others` is to come after it.

    Where what follows for the queue cannot be derived the recovery is due: what was decided is
    booked, and the engine finds out what is wrong.
    """
    approval_upkeep.void_changed(changes, now)
    shown = derived_or_due(changes.file, now, laws)
    _write(unit, actor, now, Decision(changes, shown))


def commit_decisions(
    unit: Unit, actor: Actor, now: datetime, laws: Regimes, decisions: Iterable[Decision]
) -> list[str]:
    """Record many decisions in few statements; return the recoveries of which anything changed.

    One that was made on an older version of its file is left out, and one whose account another of
    them has found or given up: it is due still, and decided on anew.
    """
    written: list[Changeset] = []
    touched: dict[str, str] = {}
    for decision in decisions:
        accounts = {asset.account_id for asset in decision.changes.file.assets}
        if not accounts.isdisjoint(touched):
            continue
        _write(unit, actor, now, decision)
        written.append(decision.changes)
        touched |= shared_accounts(decision.changes)
    refresh_others(unit, now, laws, written)
    return [p.file.recovery.id for p in written if p.has_decided]


def current(unit: Unit, decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions that were made on the newest version of their file."""
    versions = versions_of(unit.session, [d.recovery_id for d in decisions])
    return [d for d in decisions if versions.get(d.recovery_id) == d.version]


def _write(unit: Unit, actor: Actor, now: datetime, decision: Decision) -> None:
    record(unit, actor, now, decision.recovery_id, decision.changes.outcome())
    write_derived(unit, decision.recovery_id, decision.shown)


def refresh_others(unit: Unit, now: datetime, laws: Regimes, written: Sequence[Changeset]) -> None:
    """What these decisions mean for payment orders that wait, and for other recoveries."""
    moved = [c.file.recovery.id for c in written if c.moves and _has_payouts(c.file)]
    touched: dict[str, str] = {}
    for changes in written:
        touched |= shared_accounts(changes)
    others = recoveries_wanting(unit.session, touched) if touched else []
    if moved or others:
        recheck_orders(unit, [*moved, *others])
    changed = {*others, *_ask_where_less_is_held(unit, now, laws, written)}
    if changed:
        refresh(unit, now, laws, sorted(changed))


def _ask_where_less_is_held(
    unit: Unit, now: datetime, laws: Regimes, written: Sequence[Changeset]
) -> list[str]:
    """Banks that found nothing on an account are asked at once where less is held there now.

    A bank that holds all of an account for one recovery tells another one that nothing is left;
    when that hold ends, or a smaller freeze takes its place, the rest is free for who is first.
    Returns the recoveries of which a bank found none, the deciding ones among them.
    """
    fallen = frozenset(account for changes in written for account in _held_less(changes))
    empty = recoveries_without_funds(unit.session, fallen) if fallen else []
    for file in _readable(unit, now, empty):
        changes = Changeset(file)
        account_monitoring.hasten(changes, fallen, now, laws)
        record(unit, ENGINE, now, file.recovery.id, changes.outcome())
    return empty


def _held_less(changes: Changeset) -> list[str]:
    """Accounts on which banks hold less for a recovery than before it was decided on."""
    before, after = _held_minor(changes.begun), _held_minor(changes.file)
    return [account for account, minor in before.items() if after.get(account, 0) < minor]


def _held_minor(file: CaseFile) -> dict[str, int]:
    """What banks hold on each account at home, in minor units of its currency."""
    return {
        asset.account_id: sum(hold.held_minor for hold in file.live_holds(asset.id))
        for asset in file.assets
        if asset.home
    }


def _has_payouts(file: CaseFile) -> bool:
    """Whether orders to pay stand in a file that its bank has not carried out."""
    return any(call.kind is CallKind.PAYOUT for call in file.calls)


def refresh(unit: Unit, now: datetime, laws: Regimes, recovery_ids: Sequence[str]) -> None:
    """Work out anew what follows for the queue where something outside of the files has changed."""
    for file in _readable(unit, now, recovery_ids):
        write_derived(unit, file.recovery.id, derived_or_due(file, now, laws))


def _readable(unit: Unit, now: datetime, recovery_ids: Sequence[str]) -> list[CaseFile]:
    """The files of other recoveries; one that cannot be read is due, and stops no decision here."""
    files, unreadable = load_each(unit.session, recovery_ids)
    if unreadable:
        make_due(unit, unreadable, now)
    return files


_SHARING = frozenset(
    {"found", "found_abroad", "closed", "reopened", "reopened_abroad", "moved", "split"}
)


def shared_accounts(changes: Changeset) -> dict[str, str]:
    """Accounts that came or went here: for others that want one the next step may be another."""
    touched = {m.id for m in changes.moves if m.noun is EntityKind.ASSET and m.event in _SHARING}
    recovery_id = changes.file.recovery.id
    return {a.account_id: recovery_id for a in changes.file.assets if a.id in touched}


def derived_or_due(file: CaseFile, now: datetime, laws: Regimes) -> Derived:
    """What the queue shows of a file; where a rule fails on it, that the engine has to look."""
    try:
        return derived(file, now, laws)
    except Exception:  # noqa: BLE001 - not lost: the engine meets the same fault and quarantines it
        return due_again(file, now)


def due_again(file: CaseFile, now: datetime) -> Derived:
    """What the queue shows of a file on which a rule fails: the engine has to look at it now."""
    recovery = file.recovery
    waiting = Step(ActionKind.ENGINE, Role.ENGINE, recovery.id, "", None, say("processing"))
    step = next(discrepancies.steps(file), waiting)
    return Derived(stage=Stage.FREEZING, step=step, due_at=None, wake_at=now)


def derived(file: CaseFile, now: datetime, laws: Regimes, *, rests: bool | None = None) -> Derived:
    """What the queue shows of a file; it wakes the engine at once where there is work for it.

    `rests`: whether the stages have nothing more to do with it, where that is known already.
    """
    wake_at = min(multi_agency.preserved_until(file), default=None)
    if file.recovery.state not in CLOSED_RECOVERIES:
        works = has_engine_work(file, now, laws) if rests is None else not rests
        wake_at = now if works else scheduling.next_run(file, laws)
    read = in_order(file)  # whoever reads it next is told the same of two rows as it is kept here
    clocks = deadlines.clocks(read, laws)
    return Derived(
        stage=next_steps.stage_of(file),
        step=next_steps.first_step(file, laws),
        due_at=clocks[0].due_at if clocks else None,
        wake_at=wake_at,
        victim_due_at=news.first_due(file, laws),
        deadlines=text_to_keep(read, list(entries(read, clocks)), laws),
    )


def has_engine_work(file: CaseFile, now: datetime, laws: Regimes) -> bool:
    """Whether a stage flow would do anything with this file now."""
    if file.recovery.trace_wanted:
        return True
    try:
        approval_upkeep.void_changed(FirstMove(file), now)
        stages.decide_all(FirstMove(file), now, laws, _no_seal)
    except SomethingToDoError:
        return True
    return False


def _no_seal(fields: object, place: SealedPlace) -> str:
    del fields, place
    return ""
