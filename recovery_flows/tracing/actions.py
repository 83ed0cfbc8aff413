"""Requests another tracing rule: computes what would change, stores the reason encrypted."""

from __future__ import annotations

from datetime import datetime

from models.store.notes import write_note
from models.store.unit import Actor, Unit
from recovery_flows.errors import MisuseError
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing import rule_choice
from recovery_flows.tracing.comparison import moved_by
from recovery_flows.tracing.inputs import gather
from recovery_flows.tracing.methods.catalogue import RULES, RuleName
from recovery_flows.tracing.methods.two_parts import Among


def rule_of(text: str) -> RuleName:
    """The rule of that name, dashes allowed; MisuseError names those there are."""
    name = text.strip().lower().replace("-", "_")
    if name not in set(RuleName):
        raise MisuseError(f"there is no tracing rule {text!r}; there are: {', '.join(RULES)}")
    return RuleName(name)


def among_of(text: str) -> str:
    """The rule among victims of that name, dashes allowed, "" for none."""
    name = text.strip().lower().replace("-", "_")
    if name and name not in set(Among):
        raise MisuseError(f"there is no rule among victims {text!r}; there are: {', '.join(Among)}")
    return name


def choose_rule(
    unit: Unit,
    changes: Changeset,
    rule: RuleName,
    among: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Ask for a rule; return how many minor units of the loss would lie elsewhere under it."""
    among = rule_choice.among_of(rule, among_of(among))
    rule_choice.check_choice(changes.file, rule, among)
    if not reason.strip():
        raise MisuseError("another tracing rule needs a reason: a second person will read it")
    recovery = changes.file.recovery
    elsewhere = moved_by(recovery, gather(unit.session, changes.file), rule, among, now)
    text = f"tracing rule {rule}: {reason.strip()}"
    write_note(unit, actor, now, recovery.id, text)
    print_of = unit.vault.fingerprint(text)
    rule_choice.choose(changes, rule, among, print_of, elsewhere, actor.id, now)
    return elsewhere
