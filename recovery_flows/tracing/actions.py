"""Requests another tracing rule: computes what would change, stores the reason encrypted."""

from __future__ import annotations

from models.language.phrase import phrase
from recovery_flows.access.acting_officer import Edit
from recovery_flows.errors import MisuseError
from recovery_flows.tracing import rule_choice
from recovery_flows.tracing.comparison import moved_by
from recovery_flows.tracing.inputs import gather
from recovery_flows.tracing.methods.catalogue import RULES, RuleName
from recovery_flows.tracing.methods.two_parts import Among


def rule_of(text: str) -> RuleName:
    """The rule of that name, dashes allowed; MisuseError names those there are."""
    name = text.strip().lower().replace("-", "_")
    if name not in set(RuleName):
        raise MisuseError(
            phrase(
                "there is no tracing rule {told!r}; there are: {named}",
                told=text,
                named=", ".join(RULES),
            )
        )
    return RuleName(name)


def among_of(text: str) -> str:
    """The rule among victims of that name, dashes allowed, "" for none."""
    name = text.strip().lower().replace("-", "_")
    if name and name not in set(Among):
        raise MisuseError(
            phrase(
                "there is no rule among victims {told!r}; there are: {named}",
                told=text,
                named=", ".join(Among),
            )
        )
    return name


def choose_rule(edit: Edit, rule: RuleName, among: str, reason: str) -> int:
    """Ask for a rule; return how many minor units of the loss would lie elsewhere under it."""
    among = rule_choice.among_of(rule, among_of(among))
    rule_choice.check_choice(edit.file, rule, among)
    why = edit.note(f"tracing rule {rule}", reason)
    ledger = gather(edit.unit.session, edit.file)
    elsewhere = moved_by(edit.file.recovery, ledger, rule, among, edit.now)
    rule_choice.choose(edit.changes, rule, among, why, elsewhere, edit.actor.id, edit.now)
    return elsewhere
