"""What officers do with requests abroad: drafted, filled, submitted, sent, followed, answered.

Who drafts is the officer in charge, who dispatches is the other one. Each act is tried; a refusal
is told, and so are the rude ones: who dispatches what he has drafted, who asks for too much.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from models.ids import digest_bytes
from models.money import Money
from recovery_flows.correspondence.abroad import actions as letters, drafting, message_actions
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.cross_border import actions
from recovery_flows.cross_border.answers import Answer
from tests.recall_messages import CHANNELS
from tests.simulation.foreign.channels import CODES, WANTED
from tests.simulation.foreign.post import Post
from tests.simulation.foreign.world import BY_HAND
from tests.simulation.place import OFFICERS

SENDER = Sender("Synthetic Unit", is_synthetic=True)
APPROVALS = ("central_authority_reference", "personal_data_export_reference")
_VALUES = {
    "signed_on": "2026-03-02", "order_final_on": "2026-02-02", "paid_at": "2026-03-02",
    "authority_email": "desk@unit.invalid", "issuing_state": "CN", "executing_state": "GB",
    "victim_country": "CN", "list_offence_number": "20",
}  # fmt: skip
_LIVE = "('sent','acknowledged','in_execution','postponed','conditional','needs_info')"
_WENT_OUT = (
    "SELECT q.recovery_id, q.id, r.owner_id, q.carrier_id, q.state FROM request q JOIN recovery r"
    " ON r.id = q.recovery_id WHERE q.route = 'people' AND q.sent_at IS NOT NULL AND r.state ="
    " 'open' {} ORDER BY q.id"
)
_ENDED = ("refused", "expired")
_OPTIONS = (
    "cure_and_resend", "resend", "trace_again", "other_channel", "join_proceedings", "wait",
    "give_assurance", "close",
)  # fmt: skip


class Envoys(Post):
    """Requests abroad that people draft and send."""

    def _other(self, who: str) -> str:
        return next(name for name in OFFICERS if name != who)

    # Of their own accord

    def _abroad_draft(self, pick: float) -> None:
        """Ask by some channel; by post where the authority is named that has no connection."""
        query = (
            "SELECT a.recovery_id, a.id, r.owner_id, a.traced_minor, a.currency FROM asset a JOIN"
            " recovery r ON r.id = a.recovery_id WHERE r.state = 'open' AND NOT a.home AND"
            " a.partner_id <> 'treasury' ORDER BY a.id"
        )
        if not (found := self._one(query, pick)):
            return
        recovery, asset, owner, traced, currency = found
        dice = random.Random(f"draft {pick}")  # noqa: S311 - a story, no secret
        code = dice.choice(list(CODES))
        minor = int(str(traced)) * dice.choice((1, 1, 1, 1, 2, 5)) // dice.choice((1, 1, 2))
        fields = dict.fromkeys(APPROVALS, "SYN-1")
        given = drafting.Given(
            channel=code, wanted=WANTED[code], account=str(asset),
            authority="" if dice.random() < 0.5 else "Synthetic Office of Records",
            amount=Money(max(minor, 100), str(currency)).text(), fields=fields,
        )  # fmt: skip
        desk = self._desk_of(owner)
        self._try(str(owner), f"asks {given.amount} of {asset} by {code}", lambda: drafting.draft(
            desk, str(recovery), given, CHANNELS))  # fmt: skip

    def _abroad_withdraw(self, pick: float) -> None:
        query = (
            "SELECT q.recovery_id, q.id, r.owner_id FROM request q JOIN recovery r ON r.id ="
            " q.recovery_id WHERE q.route = 'people' ORDER BY q.id"
        )
        if found := self._one(query, pick):
            recovery, name, owner = map(str, found)
            self._try(owner, f"takes {name} back", lambda: message_actions.withdraw(
                self._desk_of(owner), recovery, name, "synthetic", SENDER, CHANNELS))  # fmt: skip

    def _abroad_again(self, pick: float) -> None:
        query = (
            "SELECT q.recovery_id, q.id, r.owner_id FROM request q JOIN recovery r ON r.id ="
            " q.recovery_id WHERE q.route = 'people' AND q.state IN ('refused','denied','expired',"
            " 'executed','partially_executed') ORDER BY q.id"
        )
        if found := self._one(query, pick):
            recovery, name, owner = map(str, found)
            self._try(owner, f"asks once more by {name}", lambda: actions.resubmit(
                self._desk_of(owner), recovery, name, "synthetic", CHANNELS))  # fmt: skip

    def _abroad_told(self, pick: float) -> None:
        if found := self._one(_WENT_OUT.format(""), pick):
            recovery, name, owner = map(str, found[:3])
            how = self._by_hand(name, found[3], pick)
            self._try(owner, f"tells the other side of {name}", lambda: message_actions.notify(
                self._desk_of(owner), recovery, name, how, SENDER, CHANNELS))  # fmt: skip

    def _abroad_remind(self, pick: float) -> None:
        if found := self._one(_WENT_OUT.format(f"AND q.state IN {_LIVE}"), pick):
            recovery, name, owner = map(str, found[:3])
            how = self._by_hand(name, found[3], pick)
            self._try(owner, f"reminds of {name}", lambda: message_actions.remind(
                self._desk_of(owner), recovery, name, how, SENDER, CHANNELS))  # fmt: skip

    def _by_hand(self, name: str, carrier: object, pick: float = 0.0) -> str:
        """How it is told: over the connection where there is one; at times by hand all the same."""
        by_phone = zlib.crc32(f"{name} {pick}".encode()) % 4 == 0
        return "synthetic" if by_phone or not carrier else ""

    def _abroad_answer(self, pick: float) -> None:
        """An officer types something in that no paper says: only what is absurd is refused."""
        if found := self._one(_WENT_OUT.format("AND q.carrier_id = ''"), pick):
            recovery, name, owner = map(str, found[:3])
            paper = f"%PDF misread {pick}".encode()
            says = ("acknowledged", "needs_info", "told nothing")[int(pick * 97) % 3]
            answer = Answer(says=says, document=digest_bytes(paper))
            self._try(owner, f"misreads {says} of {name}", lambda: actions.answer(
                self._desk_of(owner), recovery, name, answer, paper, CHANNELS))  # fmt: skip

    # Steps

    def asked_abroad(self, recovery: str, action: str, subject: str, who: str) -> bool | None:
        """Do a step of a request that people send; None where the step is no such one."""
        row = self._eyes.execute(
            "SELECT state, missing, carrier_id, channel, route, most_minor FROM request"
            " WHERE id = ?", [subject],
        ).fetchone()  # fmt: skip
        if row is None:
            return None
        is_over = row[0] == "withdrawn" or (self.abroad.is_ruder and row[0] in _ENDED)
        if action == "follow_request" and row[5] is not None and not is_over:
            return self._asks_less(recovery, subject, who)
        state, missing, carrier, channel = map(str, row[:4])
        if row[4] != "people":
            return None
        desk = self._desk_of(who)
        match action:
            case "complete_request":
                return self._filled(recovery, subject, who, state, missing)
            case "submit_request":
                done = self._try(who, f"submits {subject}", lambda: desk.advance(
                    recovery, to=subject, knowing=True))  # fmt: skip
                return done or self.taken_back(recovery, subject, who)
            case "dispatch_request" | "send_request":
                done = self._left_for_abroad(recovery, subject, who, carrier)
                return done or self.taken_back(recovery, subject, who)
            case "follow_request":
                return self._followed(recovery, subject, who, state, channel)
        return None

    def _filled(self, recovery: str, name: str, who: str, state: str, missing: str) -> bool:
        given = missing.split(",") if missing and state == "draft" else ["reference"]
        if state == "needs_info":
            fields = self._cured(name)
        else:
            fields = {field: _VALUES.get(field, "synthetic") for field in given}
        return self._try(who, f"fills {', '.join(fields)} of {name}", lambda: self._desk_of(
            who).advance(recovery, fields=fields, to=name, only_fills=True))  # fmt: skip

    def _cured(self, name: str) -> dict[str, str]:
        """What is told besides; one time in four nothing new."""
        asked = self._eyes.execute("SELECT asked FROM request WHERE id = ?", [name]).fetchone()[0]
        fields = [f.partition("@")[0].removesuffix("*") for f in str(asked).split(",")]
        field = next((f for f in ("facts", "beneficiary_bank", "reference") if f in fields), "")
        text = "synthetic" if zlib.crc32(name.encode()) % 4 == 0 else f"synthetic, {name[-4:]} more"
        return {field or fields[0]: text}

    def _left_for_abroad(self, recovery: str, name: str, who: str, carrier: str) -> bool:
        """Dispatch it, or send it by post; one time in five the drafter tries it himself first."""
        dice = zlib.crc32(name.encode())
        if dice % 5 == 0:
            self._try(who, f"sends {name} himself", lambda: letters.dispatch(
                self._desk_of(who), recovery, name, b"", SENDER, CHANNELS))  # fmt: skip
        other = self._other(who)
        desk = self._desks[other]
        if carrier:
            return self._try(other, f"dispatches {name}", lambda: letters.dispatch(
                desk, recovery, name, b"", SENDER, CHANNELS))  # fmt: skip
        sent = self._try(other, f"posts {name}", lambda: letters.sent(
            desk, recovery, name, "by post", b"%PDF proof", b"", SENDER, CHANNELS))  # fmt: skip
        if sent:
            self._post(name)
        return sent

    def _post(self, name: str) -> None:
        query = "SELECT channel, wanted, requested_minor, currency FROM request WHERE id = ?"
        channel, wanted, minor, currency = self._eyes.execute(query, [name]).fetchone()
        body = {"requestRef": name, "channel": channel, "wanted": wanted, "fields": {}}
        amount = {"currency": currency, "amount": f"{minor // 100}.{minor % 100:02}"}
        self.abroad.bodies[BY_HAND].take({**body, "amount": amount})

    def _followed(self, recovery: str, name: str, who: str, state: str, channel: str) -> bool:
        desk, dice = self._desk_of(who), zlib.crc32(f"{name} {self._wall():%j}".encode())
        if state == "conditional":
            if dice % 3:
                return self._try(who, f"assures for {name}", lambda: message_actions.assure(
                    desk, recovery, name, "synthetic", SENDER, CHANNELS))  # fmt: skip
            return self.taken_back(recovery, name, who)
        if state in ("refused", "expired"):
            return self._chosen(recovery, name, who, dice)
        how = self._by_hand(name, self._carrier_of(name))
        acts: tuple[tuple[str, Callable[[], object]], ...] = (
            ("tells", lambda: message_actions.notify(desk, recovery, name, how, SENDER, CHANNELS)),
            (
                "reminds",
                lambda: message_actions.remind(desk, recovery, name, how, SENDER, CHANNELS),
            ),
        )
        if state in ("executed", "partially_executed"):
            until = self._wall() + timedelta(days=120)
            paper = f"%PDF longer {name} {until}".encode()
            longer = lambda: actions.extend(desk, recovery, name, until, paper)  # noqa: E731
            more = ((f"prolongs the freeze of {channel}", longer),) if dice % 2 else ()
            acts = (acts[0], *more)
        before = self._step_of(recovery)
        for what, act in acts:
            if self._try(who, f"{what} {name}", act) and self._step_of(recovery) != before:
                return True
        return self.taken_back(recovery, name, who)

    def _carrier_of(self, name: str) -> object:
        query = "SELECT carrier_id FROM request WHERE id = ?"
        return self._eyes.execute(query, [name]).fetchone()[0]

    def _step_of(self, recovery: str) -> object:
        query = "SELECT step_action, step_subject, step_wording FROM recovery WHERE id = ?"
        return self._eyes.execute(query, [recovery]).fetchone()

    def taken_back(self, recovery: str, name: str, who: str) -> bool:
        """Whether a request is withdrawn, as the officer's step is where its ground is gone."""
        return self._try(who, f"takes {name} back", lambda: message_actions.withdraw(
            self._desk_of(who), recovery, name, "synthetic", SENDER, CHANNELS))  # fmt: skip

    def _asks_less(self, recovery: str, name: str, who: str) -> bool:
        """Ask for as much as may be asked for; withdraw what nothing is left of."""
        desk = self._desk_of(who)
        done = self._try(who, f"asks less by {name}", lambda: actions.reduce_request(
            desk, recovery, name, "synthetic"))  # fmt: skip
        return done or self.taken_back(recovery, name, who)

    def _chosen(self, recovery: str, name: str, who: str, dice: int) -> bool:
        """Take one of the ways that a ground leaves; towards the end nothing is asked again."""
        polite = self.abroad.bodies[BY_HAND].polite
        start = len(_OPTIONS) - 1 if polite else dice % len(_OPTIONS)
        for option in (*_OPTIONS[start:], *reversed(_OPTIONS[:start])):
            act = partial(
                actions.choose, self._desk_of(who), recovery, name, option, "synthetic", CHANNELS,
                self._wall() + timedelta(days=20),
            )  # fmt: skip
            if self._try(who, f"chooses {option} for {name}", act):
                return True
        return False
