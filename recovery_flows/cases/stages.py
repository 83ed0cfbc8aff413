"""The stages of a recovery in order, each with the function that decides for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from models.entities.asset import Stage
from models.entities.recovery import RecoveryState
from models.sealing.sealed_place import SealedPlace
from recovery_flows.cases import stalled
from recovery_flows.correspondence.letters import deadlines as letter_deadlines
from recovery_flows.cross_border import stage as cross_border
from recovery_flows.freezing import stage as freezing
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution import stage as restitution
from recovery_flows.restitution.third_party import releases as third_party_releases
from recovery_flows.tracing import onward_accounts

Seal = Callable[[object, SealedPlace], str]
"""Encrypts fields for the place where they are stored."""
Decide = Callable[[Changeset, datetime, Regimes, Seal], None]
"""Everything that one stage has to do on a recovery now."""


def _freezing(changes: Changeset, now: datetime, laws: Regimes, seal: Seal) -> None:
    del seal
    letter_deadlines.advance(changes, now, laws)
    # What a bank has released for a third party is his before anything there is held anew.
    if changes.file.recovery.state is RecoveryState.OPEN:
        third_party_releases.advance(changes, now, laws)
    freezing.advance(changes, now, laws)


def _tracing(changes: Changeset, now: datetime, laws: Regimes, seal: Seal) -> None:
    del laws, seal
    onward_accounts.advance(changes, now)


def _restitution(changes: Changeset, now: datetime, laws: Regimes, seal: Seal) -> None:
    del seal
    restitution.advance(changes, now, laws)


STAGES: Mapping[Stage, Decide] = {
    Stage.FREEZING: _freezing,
    Stage.TRACING: _tracing,
    Stage.CROSS_BORDER: cross_border.advance,
    Stage.RESTITUTION: _restitution,
}


def decide(stage: Stage, changes: Changeset, now: datetime, laws: Regimes, seal: Seal) -> None:
    """Apply the rules of one stage to a recovery."""
    STAGES[stage](changes, now, laws, seal)


def decide_all(changes: Changeset, now: datetime, laws: Regimes, seal: Seal) -> None:
    """Apply the rules of every stage, one after the other, then see whether anything goes on."""
    for stage in STAGES:
        decide(stage, changes, now, laws, seal)
    stalled.advance(changes, now, laws)
