"""What comes from abroad by post and on the unit's account, and how officers enter it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime
from functools import partial

from models.facts import AccountRef
from models.ids import digest_bytes
from models.money import Money
from recovery_flows.cases import money_actions
from recovery_flows.cross_border import actions
from recovery_flows.cross_border.answers import Answer
from tests.recall_messages import CHANNELS
from tests.simulation.chest import OURS, TREASURY
from tests.simulation.desks import Desks
from tests.simulation.foreign.said import Asked, Said
from tests.simulation.foreign.world import BY_HAND, Came
from tests.simulation.place import OFFICERS

_OURS = AccountRef(TREASURY, OURS, "Synthetic Unit")


class Post(Desks):
    """Papers and money from abroad."""

    def _abroad_money(self, pick: float) -> None:
        """Money of a request comes in, after costs and as CNY; an officer may misread its sum."""
        query = (
            "SELECT q.recovery_id, q.id, r.owner_id, q.executed_minor FROM request q JOIN recovery"
            " r ON r.id = q.recovery_id WHERE q.executed_minor > 0 AND (r.state = 'open' OR"
            " r.state LIKE 'closed%') ORDER BY q.id"
        )
        if not (found := self._one(query, pick)):
            return
        recovery, name, owner, minor = found
        dice = random.Random(f"money {pick}")  # noqa: S311 - a story, no secret
        costs = dice.choice((0, 15_00, 3))
        came = int(str(minor)) * 9 // dice.choice((1, 2, 4)) - costs
        if came <= 0:
            return
        booking = f"A{len(self.abroad.money) + 1}"
        self.abroad.money.append(Came(booking, came, self._wall(), str(name)))
        self.chest.credits[booking] = came
        first = came + costs + 1 if dice.random() < 0.25 else came
        for spelled, sum_of in ((booking, first), (f" {booking}  ", came)):
            incoming = money_actions.Incoming(
                _OURS, spelled, Money(sum_of, "CNY"), self._wall(), b"%PDF slip abroad"
            )
            act = partial(money_actions.receive, self._desk_of(owner), str(recovery), incoming)
            self._try(str(owner), f"enters {sum_of} of {came} by {name} as {spelled!r}", act)

    # Papers that came by post

    def enter_papers(self) -> int:
        """Type in what bodies by post have said by now, and their receipts."""
        done = self._asked_after() if self.abroad.plays else 0
        for asked in list(self.abroad.bodies[BY_HAND].asked.values()) if self.abroad.plays else ():
            for number, said in enumerate(asked.by(self._wall())):
                if (asked.ref, number) not in self.abroad.entered:
                    self.abroad.entered.add((asked.ref, number))
                    done += self._typed(asked, said)
            for number, (kind, at) in enumerate(asked.receipts):
                if at <= self._wall() and (asked.ref, -1 - number) not in self.abroad.entered:
                    self.abroad.entered.add((asked.ref, -1 - number))
                    done += self._receipt(asked, kind, at)
        return done

    def _asked_after(self) -> int:
        """Type in answers that the engine did not take for their end: their body was rung up."""
        query = (
            "SELECT subject_id, detail FROM discrepancy WHERE kind = 'answer_not_taken' AND"
            " resolved_by <> '' AND detail LIKE '%--until names an end from before%'"
        )
        done, told = 0, {a.ref: a for b in self.abroad.bodies.values() for a in b.asked.values()}
        for name, detail in self._eyes.execute(query).fetchall():
            number, asked = int(str(detail).split()[1]) - 1, told.get(str(name))
            if asked is not None and (asked.ref, number) not in self.abroad.entered:
                self.abroad.entered.add((asked.ref, number))
                done += self._typed(asked, replace(asked.by(self._wall())[number], until=None))
        return done

    def _typed(self, asked: Asked, said: Said) -> bool:
        recovery, owner = self._where(asked.ref)
        answer = Answer(
            says=said.says, document=digest_bytes(said.paper), ground=said.ground,
            amount=Money(said.minor, asked.currency) if said.minor else None, until=said.until,
            review_at=said.review,
        )  # fmt: skip
        what = f"types in {said.says} {said.ground} of {asked.ref}"
        return self._try(owner, what, lambda: actions.answer(
            self._desk_of(owner), recovery, asked.ref, answer, said.paper, CHANNELS))  # fmt: skip

    def _receipt(self, asked: Asked, kind: str, at: datetime) -> bool:
        recovery, owner = self._where(asked.ref)
        paper = f"%PDF receipt {kind} {asked.ref}".encode()
        return self._try(owner, f"enters {kind} of {asked.ref}", lambda: actions.receipt(
            self._desk_of(owner), recovery, asked.ref, kind, at, paper, CHANNELS))  # fmt: skip

    def _where(self, request: str) -> tuple[str, str]:
        query = (
            "SELECT q.recovery_id, r.owner_id FROM request q JOIN recovery r ON r.id ="
            " q.recovery_id WHERE q.id = ?"
        )
        recovery, owner = self._eyes.execute(query, [request]).fetchone()
        return str(recovery), str(owner) or OFFICERS[0]
