"""The guards of the foreign side, each with what stands in its place when it is switched off."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from tests.simulation.foreign.plan import CLOCKS, FIRST, OTHERS, RUDER, SCENES
from tests.simulation.mutants import Always, Mutant

_Abroad = partial(Mutant, seeds=300, first=FIRST)
_InScenes = partial(Mutant, seeds=100, first=SCENES)
_WithOthers = partial(Mutant, seeds=100, first=OTHERS)
_WithClocks = partial(Mutant, seeds=100, first=CLOCKS)
_Ruder = partial(Mutant, seeds=300, first=RUDER)
_WithParts = partial(Mutant, seeds=150, first=91_003_000)
"""The first seeds that were played with parts of an account and one guard for all of them."""


def _nothing(_: Any) -> Any:
    return lambda *given, **named: None  # noqa: ARG005


def _anybody(before: Any) -> Any:
    return lambda file, request_id, _actor: before(file, request_id, "nobody of ours")


def _as_dated(_: Any) -> Any:
    return lambda _changes, _request, at, _mark, _now: at


def _once_dispatched(_: Any) -> Any:
    from recovery_flows.cross_border.over_connection import is_dispatched

    return is_dispatched


def _all_that_is_traced(_: Any) -> Any:
    return lambda _file, asset, _part=1: asset.traced_minor


FOREIGN_GUARDS = (
    _Abroad("abroad: the ceiling is open", "4", "received and asked stay within the loss",
            "recovery_flows.cross_border.guard", "_check_loss", _nothing),
    _Abroad("abroad: the drafter sends himself", "4", "a third person sends",
            "recovery_flows.cross_border.lifecycle", "ready_to_send", _anybody),
    _InScenes("abroad: a refused request is repeated", "4", "what was refused is not said again",
            "recovery_flows.cross_border.request_edits", "_refuse_repeating", _nothing),
    _InScenes("abroad: silence without a clock is for ever", "4", "each request has a next date",
            "recovery_flows.cross_border.clocks", "look_at", Always(None)),
    _InScenes("abroad: the clock runs while we are asked", "4", "a clock stops at needs info",
            "recovery_flows.cross_border.clocks", "stopped", lambda _: lambda *_given: {}),
    _InScenes("abroad: a contradiction is nobody's", "4", "another answer than recorded is owned",
            "recovery_flows.cross_border.answers", "_find", _nothing),
    _Abroad("abroad: an exchanged paper is nobody's", "4", "a paper is the one that was taken",
            "recovery_flows.cross_border.over_connection", "changed_answer", _nothing),
    _InScenes("abroad: announced money is nobody's", "4", "what is announced is owned",
            "recovery_flows.cross_border.announcements", "take", _nothing),
    _Abroad("abroad: an answer that cannot be taken is nobody's", "4", "it is owned",
            "recovery_flows.cross_border.over_connection", "_own", _nothing),
    _WithOthers("abroad: third parties get what victims are owed", "4", "excess alone is released",
            "recovery_flows.restitution.third_party.limits", "check", _nothing),
    _Abroad("abroad: a victim is told one stage twice", "4", "a message is sent once",
            "recovery_flows.restitution.victims.news", "_is_told", Always(value=False)),
    _WithOthers("abroad: a denied joint request goes on", "4", "a no takes each task back",
            "recovery_flows.multi_agency.stage", "withdraw", _nothing),
    _WithClocks("abroad: a body's clock is believed", "4", "what it dates wrongly is owned",
            "recovery_flows.cross_border.over_connection", "counted_at", _as_dated),
    _WithClocks("abroad: clocks may be a year apart", "4", "minutes are nobody's, days are owned",
            "recovery_flows.cross_border.over_connection", "CLOCKS_APART",
            lambda _: timedelta(days=400)),
    _WithParts("abroad: the program drafts beside the loss", "4", "its drafts are within the loss",
            "recovery_flows.cross_border.guard", "draftable_minor", _all_that_is_traced,
            behind="the guard at the draft, which refuses it, and at the sending"),
    _WithParts("abroad: what asks too much is nobody's", "4", "its owner asks for less",
            "recovery_flows.cross_border.guard", "owned", Always(())),
    _Ruder("abroad: what is traced again is nobody's", "4", "its owner asks for it, or leaves it",
           "recovery_flows.cross_border.sums.unasked", "unasked", Always(())),
    _Ruder("abroad: a trace that fell leaves the sum", "4", "no more leaves than is traced",
           "recovery_flows.cross_border.parts", "fell_to", Always(None)),
    _Ruder("abroad: an order that waits leaves for the old sum", "4", "it is looked at once more",
           "recovery_flows.cross_border.over_connection", "may_leave", _once_dispatched,
           is_pure=True),
)  # fmt: skip
