"""Requests that other States send: registered, acknowledged, answered or refused by two people."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial

from recovery_flows.cli.case.channels import state_groups
from recovery_flows.correspondence.incoming import actions as incoming
from recovery_flows.correspondence.incoming.lifecycle import Given
from tests.recall_messages import CHANNELS
from tests.simulation.desks import Desks
from tests.simulation.foreign.channels import grounds
from tests.simulation.place import OFFICERS, SUPERVISOR
from tests.simulation.plan import MULES

_ASKED = (("mla", "evidence"), ("mla", "freeze"), ("egmont", "information"))
_OPEN = "SELECT ref, owner_id, channel, state FROM incoming_request WHERE state {} ORDER BY ref"
_WAITS = "IN ('received', 'acknowledged')"


class Registry(Desks):
    """What the unit does with requests from abroad."""

    def _incoming_add(self, pick: float) -> None:
        """One comes in, about a mule's account or none; now and then the same one twice."""
        dice = random.Random(f"incoming {pick}")  # noqa: S311 - a story, no secret
        bank, number = dice.choice(MULES)
        code, wanted = dice.choice(_ASKED)
        due = self._wall() + timedelta(days=dice.choice((1, 30))) if dice.random() < 0.3 else None
        named = dice.random() < 0.7
        given = Given(
            "FR", "Invented Tribunal", f"FR-{int(pick * 20)}/26", code, wanted, "CN",
            "UNCAC, art 46", "bookings for an invented trial", bank if named else "",
            number if named else "", None, due,
        )  # fmt: skip
        who = dice.choice(OFFICERS)
        self._try(who, f"registers {given.their_ref}", lambda: incoming.register(
            self._desks[who], given, CHANNELS, state_groups()))  # fmt: skip

    def _incoming_answer(self, pick: float) -> None:
        if found := self._one(_OPEN.format(_WAITS), pick):
            ref, owner, channel, _ = map(str, found)
            self.replied(ref, owner, channel, int(pick * 997))

    def replied(self, ref: str, who: str, channel: str, dice: int) -> bool:
        """Acknowledge it, answer it or refuse it by a ground of its channel."""
        desk = self._desks[who if who in self._desks else OFFICERS[0]]
        codes = grounds(channel, "refusal")
        if dice % 3 == 0:
            self._try(who, f"acknowledges {ref}", lambda: incoming.acknowledge(desk, ref))
        if dice % 4 == 0 and codes:
            return self._try(who, f"refuses {ref}", lambda: incoming.refuse(
                desk, ref, codes[dice % len(codes)], "synthetic", CHANNELS))  # fmt: skip
        names = ("facts", "central_authority_reference", "personal_data_export_reference")
        fields = dict.fromkeys(names[: 1 if dice % 5 == 0 else 3], "opened in March")
        return self._try(who, f"answers {ref}", lambda: incoming.answer(
            desk, ref, fields, CHANNELS))  # fmt: skip

    def answered_abroad(self) -> int:
        """Answer what other States wait for, where nobody did of his own accord."""
        done = 0
        for ref, owner, channel, _ in self._eyes.execute(_OPEN.format(_WAITS)).fetchall():
            done += self.replied(ref, owner, channel, sum(map(ord, ref)) + 1)
        return done

    def confirmed_abroad(self, how: str) -> int:
        """A second person's yes or no to what waits; what was written out goes by post."""
        done, desk = 0, self._desks[SUPERVISOR]
        query = "SELECT ref, answer_digest FROM incoming_request WHERE state LIKE '%pending'"
        for ref, digest in self._eyes.execute(query).fetchall():
            act = partial(incoming.deny, desk, ref, "not convinced")
            if how == "yes":
                act = partial(incoming.confirm, desk, ref, digest[:12])
            done += self._try(SUPERVISOR, f"says {how} to {ref}", act)
        return done
