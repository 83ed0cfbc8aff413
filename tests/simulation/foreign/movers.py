"""What officers do while recoveries meet and sums move: step by step, out of the queue's order."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial

from models.facts import AccountRef
from models.money import Money
from recovery_flows.cases import money_actions
from recovery_flows.correspondence.abroad import drafting
from recovery_flows.cross_border import actions
from tests.recall_messages import CHANNELS
from tests.simulation.chest import OURS, TREASURY
from tests.simulation.foreign.channels import WANTED
from tests.simulation.foreign.envoys import APPROVALS, Envoys
from tests.simulation.foreign.world import Came

_NEXT = {
    "draft": ("complete_request", "submit_request"),
    "approved": ("dispatch_request",),
    "needs_info": ("complete_request",),
    "conditional": ("follow_request",),
    "refused": ("follow_request",),
    "expired": ("follow_request",),
    "executed": ("follow_request",),
    "partially_executed": ("follow_request",),
}  # fmt: skip


_OF_MONEY = ("igrip", "igrip", "eu_freeze", "eu_freeze", "eu_confiscate")


class Movers(Envoys):
    """One step of one request, a merge, and money that comes before it is said why."""

    def _abroad_ask(self, pick: float) -> None:
        """Each open recovery asks for the money that is traced to its account abroad."""
        rows = self._eyes.execute(
            "SELECT a.recovery_id, a.id, r.owner_id, a.traced_minor, a.currency FROM asset a JOIN"
            " recovery r ON r.id = a.recovery_id WHERE r.state = 'open' AND NOT a.home AND"
            " a.partner_id <> 'treasury' AND a.traced_minor > 0 ORDER BY a.id"
        ).fetchall()
        dice = random.Random(f"ask {pick}")  # noqa: S311 - a story, no secret
        for recovery, asset, owner, traced, currency in rows:
            code = dice.choice(_OF_MONEY)
            minor = traced if dice.random() < 0.7 else max(100, traced // 2)
            given = drafting.Given(
                channel=code, wanted=WANTED[code], account=str(asset),
                authority="" if dice.random() < 0.7 else "Synthetic Office of Records",
                amount=Money(minor, str(currency)).text(), fields=dict.fromkeys(APPROVALS, "SYN-1"),
            )  # fmt: skip
            act = partial(drafting.draft, self._desk_of(owner), str(recovery), given, CHANNELS)
            self._try(str(owner), f"asks {given.amount} of {asset} by {code}", act)

    def _abroad_onward(self, pick: float) -> None:
        """The next step of a request, whatever the queue asks for first."""
        query = (
            "SELECT q.recovery_id, q.id, r.owner_id, q.state, q.missing, q.most_minor FROM request"
            " q JOIN recovery r ON r.id = q.recovery_id WHERE q.route = 'people' AND r.state ="
            " 'open' AND (q.most_minor IS NOT NULL OR q.state IN ('draft', 'needs_info',"
            " 'conditional', 'refused') OR q.state = 'approved' AND q.sent_by = '') ORDER BY q.id"
        )
        if not (found := self._one(query, pick)):
            return
        recovery, name, owner, state, missing, most = found
        if most is not None:
            self.asked_abroad(str(recovery), "follow_request", str(name), str(owner))
            return
        steps = _NEXT.get(str(state), ())
        for action in steps if missing or state != "draft" else steps[1:]:
            self.asked_abroad(str(recovery), action, str(name), str(owner))

    def _abroad_forward(self, pick: float) -> None:
        """What has not left goes on, and nothing else is touched."""
        query = (
            "SELECT q.recovery_id, q.id, r.owner_id, q.state, q.missing FROM request q JOIN"
            " recovery r ON r.id = q.recovery_id WHERE q.route = 'people' AND r.state = 'open' AND"
            " (q.state = 'draft' OR q.state = 'approved' AND q.sent_by = '') ORDER BY q.id"
        )
        if found := self._one(query, pick):
            recovery, name, owner, state, missing = found
            steps = _NEXT[str(state)]
            for action in steps if missing or state != "draft" else steps[1:]:
                self.asked_abroad(str(recovery), action, str(name), str(owner))

    def _abroad_less(self, pick: float) -> None:
        """Less is asked for where a request asks for more than it may."""
        query = (
            "SELECT q.recovery_id, q.id, r.owner_id FROM request q JOIN recovery r ON r.id ="
            " q.recovery_id WHERE q.route = 'people' AND r.state = 'open' AND q.most_minor > 0"
            " ORDER BY q.id"
        )
        if found := self._one(query, pick):
            recovery, name, owner = map(str, found)
            self._try(owner, f"asks less by {name}", lambda: actions.reduce_request(
                self._desk_of(owner), recovery, name, "synthetic"))  # fmt: skip

    def _abroad_join(self, pick: float) -> None:
        """Two recoveries of one account abroad are merged, by the older one's officer."""
        query = (
            "SELECT a.recovery_id, b.recovery_id, r.owner_id FROM asset a JOIN asset b ON"
            " a.account_id = b.account_id AND a.recovery_id < b.recovery_id JOIN recovery r ON"
            " r.id = a.recovery_id JOIN recovery o ON o.id = b.recovery_id WHERE r.state = 'open'"
            " AND o.state = 'open' AND NOT a.home ORDER BY 1, 2"
        )
        if found := self._one(query, pick):
            one, other, owner = map(str, found)
            self._try(owner, f"merges {one} and {other}", lambda: self._desk_of(owner).join(
                one, other))  # fmt: skip

    def _abroad_early(self, pick: float) -> None:
        """Money that a body has announced comes in under its booking, as CNY after costs."""
        early = [
            (asked.ref, one) for body in self.abroad.bodies.values()
            for asked in body.asked.values() for one in asked.early
            if one.at <= self._wall() and one.booking not in self.chest.credits
        ]  # fmt: skip
        if not early:
            return
        name, one = early[int(pick * len(early))]
        recovery, owner = self._where(name)
        dice = random.Random(f"early {pick}")  # noqa: S311 - a story, no secret
        came = max(1, one.minor - dice.choice((0, 15_00, 3)))
        self.abroad.money.append(Came(one.booking, came, self._wall(), name))
        self.chest.credits[one.booking] = came
        incoming = money_actions.Incoming(
            AccountRef(TREASURY, OURS, "Synthetic Unit"), one.booking, Money(came, "CNY"),
            self._wall() - timedelta(minutes=1), b"%PDF slip abroad",
        )  # fmt: skip
        self._try(owner, f"enters {came} as announced by {name}", lambda: money_actions.receive(
            self._desk_of(owner), recovery, incoming))  # fmt: skip
