"""Bodies of another State: each request that they have, and what they say of it, rudely.

No code of the program is used here. What a body will say of a request stands in its book from when
the request comes; it is told of what is said by then. A body by hand has the same book, and its
answers are papers.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.simulation.books import Json, minor_of, money, stamp
from tests.simulation.counter import ProblemError
from tests.simulation.foreign import channels, ruder
from tests.simulation.foreign.said import RIGHT, Asked, Clock, Said

STORIES = (
    "plain", "plain", "late", "silent", "more", "postpones", "condition", "refuses", "refuses",
    "part", "twice", "contradicts", "late_yes", "junk_ground", "junk_sum", "swaps", "over",
)  # fmt: skip
_DAY = timedelta(days=1)
_JUNK = ("XQ1", "INCOMPLETE", "NO_NEXUS")


@dataclass(slots=True)
class Body:
    """One body; `told` counts what it did, `again` has keys that were posted though it had them."""

    id: str
    kind: str
    now: Callable[[], datetime]
    seed: int
    asked: dict[str, Asked] = field(default_factory=dict)
    calls: dict[str, tuple[bytes, int, Json]] = field(default_factory=dict)
    posts: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    bounced: set[str] = field(default_factory=set)
    told: Counter[str] = field(default_factory=Counter)
    polite: bool = False
    story: str = ""
    stories: tuple[str, ...] = STORIES
    clock: Clock = RIGHT
    others: list[Body] = field(default_factory=list)
    """The other bodies, some of which tell of requests that this one has."""

    def take(self, body: Json) -> Asked:
        """Take a request in; from now on it is known what will be said of it."""
        amount = body["amount"]
        asked = Asked(
            body["requestRef"], body["channel"], body["wanted"], minor_of(amount),
            amount["currency"], self.now(), body,
        )  # fmt: skip
        dice = random.Random(f"{self.seed} {self.id} {len(self.asked)}")  # noqa: S311 - a story
        asked.story = "plain" if self.polite else self.story or dice.choice(self.stories)
        self.told[f"body:{asked.story}"] += 1
        self._tell(asked, dice)
        kinds = channels.receipts(asked.channel)
        if kinds:
            failing = not self.polite and dice.random() < 0.15
            came = kinds[:1] if failing else tuple(
                k for k in kinds if k in ("submission_acceptance", "relay_acceptance", "delivery",
                                          "retrieval")
            )  # fmt: skip
            asked.receipts = [(k, asked.came + timedelta(minutes=n)) for n, k in enumerate(came)]
        self.asked[asked.ref] = asked
        return asked

    def hear(self, name: str, body: Json) -> Asked | None:
        """A message about the request that it calls `name`; None for one that it does not have."""
        asked = next((a for a in self.asked.values() if self._name(a) == name), None)
        if asked is not None and asked.story == "left" and not self.polite and self._bounces(body):
            raise ProblemError(400, "BadRequest")
        if asked is not None and body["requestRef"] == asked.ref:
            asked.messages.append((body, self.now()))
            self.told[f"heard:{body['kind']}"] += 1
            return asked
        return None

    def _bounces(self, body: Json) -> bool:
        """Whether who is written to has left; whoever comes after is there the next time."""
        is_first = body["messageRef"] not in self.bounced and len(self.bounced) < _BOUNCES
        self.bounced.add(body["messageRef"])
        return is_first

    def _name(self, asked: Asked) -> str:
        return f"{self.id}-{asked.ref[-8:]}"

    def _tell(self, asked: Asked, dice: random.Random) -> None:
        soon = timedelta(hours=dice.choice((0, 1, 12, 24 * 3, 24 * 9)))
        at = asked.came + soon
        whole = Said(at + _DAY, "executed", minor=asked.minor, until=self._until(asked, at, dice))
        first = Said(at, "acknowledged")
        answers = [first, *self._story(asked, whole, dice)]
        if dice.random() < 0.3 and asked.story != "silent":
            answers = answers[1:] or answers
        if asked.story == "silent":
            answers = []
        asked.answers = [_with_paper(asked, said, n) for n, said in enumerate(answers)]
        if asked.story == "twice" and asked.answers:
            last = asked.answers[-1]
            asked.answers.append(replace(last, at=last.at + _DAY))
        if asked.story == "swaps" and asked.answers:
            asked.swapped = asked.answers[0].at + _DAY

    def _until(self, asked: Asked, at: datetime, dice: random.Random) -> datetime | None:
        if asked.wanted != "freeze" or dice.random() < 0.3:
            return None
        return at + dice.choice((30, 90, 400)) * _DAY

    def _story(self, asked: Asked, whole: Said, dice: random.Random) -> list[Said]:
        later = replace(whole, at=whole.at + dice.choice((1, 10, 60)) * _DAY)
        if later.until is not None:
            later = replace(later, until=later.until + 90 * _DAY)
        part = max(1, asked.minor // dice.choice((2, 3)))
        no = Said(whole.at, "refused", self._ground(asked, "refusal", dice))
        until = whole.at + dice.choice((2, 20)) * _DAY
        waits = self._ground(asked, "postponement", dice)
        wants = "CONDITIONAL" if asked.channel == "mla" else ""
        junk, other = dice.choice(_JUNK), dice.choice((asked.minor * 2, part))
        stories = {
            "late": [replace(later, at=later.at + 40 * _DAY, until=None)],
            "more": [Said(whole.at, "needs_info", self._more(asked, dice)), later],
            "postpones": [Said(whole.at, "postponed", waits, review=until), later],
            "condition": [Said(whole.at, "conditional", wants), later],
            "refuses": [no],
            "part": [replace(whole, says="partially_executed", minor=part)],
            "contradicts": [whole, replace(no, at=whole.at + _DAY)],
            "late_yes": [no, replace(later, until=None)],
            "junk_ground": [Said(whole.at, "refused", junk)],
            "junk_sum": [replace(whole, minor=other)],
            "over": [replace(whole, until=whole.at - _DAY)],
        }
        if asked.story in ruder.STORIES:
            return ruder.told(asked, whole, dice, wants or waits, waits)
        return stories.get(asked.story, [whole])

    def _ground(self, asked: Asked, kind: str, dice: random.Random) -> str:
        codes = channels.grounds(asked.channel, kind)
        return dice.choice(codes) if codes else ""

    def _more(self, asked: Asked, dice: random.Random) -> str:
        return "INCOMPLETE" if asked.channel == "mla" and dice.random() < 0.8 else ""

    # What a polite one does with what it has kept silent about

    def make_polite(self) -> None:
        """From now on each request has its answer, and each answer can be taken."""
        self.polite = True
        for asked in self.asked.values():
            ends = any(said.says in _ENDS for said in asked.answers)
            if not ends or asked.story in _CANNOT_BE_TAKEN:
                said = Said(self.now() + _DAY, "executed", minor=asked.minor)
                asked.answers.append(_with_paper(asked, said, len(asked.answers)))

    def next_due(self, at: datetime) -> datetime | None:
        """When this body says the next thing."""
        times = [said.at for asked in self.asked.values() for said in asked.answers]
        times += [asked.swapped for asked in self.asked.values() if asked.swapped]
        times += [early.at for asked in self.asked.values() for early in asked.early]
        return min((one for one in times if one > at), default=None)

    # Over its connection

    def json(self, asked: Asked) -> Json:
        """A request resource as it stands now."""
        now = self.now()
        told, came = asked.by(now), [r for r in asked.receipts if r[1] <= now]
        answers = [self._answer(asked, said, n) for n, said in enumerate(told, 1)]
        return {
            "type": "request", "id": self._name(asked), "requestRef": asked.ref,
            "revision": 1 + len(told) + len(asked.messages),
            "status": told[-1].says.upper() if told else "RECEIVED",
            "answers": answers,
            "receipts": [{"kind": kind, "at": stamp(self.dated(asked, kind, at))}
                         for kind, at in came],
            "announced": [
                {"booking": f"RET-{asked.ref[-6:]}", "at": stamp(said.at),
                 "amount": money(said.minor, asked.currency)}
                for said in told[:3] if said.minor and asked.wanted == "return"
            ] + [
                {"booking": early.booking, "at": stamp(early.at),
                 "amount": money(early.minor, early.currency)}
                for early in asked.early if early.at <= now
            ],
            "messages": [
                {"messageRef": one["messageRef"],
                 "at": stamp(self.dated(asked, one["messageRef"], at))}
                for one, at in asked.messages
            ],
            "lastModified": stamp(self.modified(asked) + self.clock.apart),
        }  # fmt: skip

    def of_others(self) -> list[tuple[datetime, Json]]:
        """What it tells of requests that another body has: it acknowledges them as its own."""
        return [
            (asked.came, {**other.json(asked), "id": f"{self.id}-{asked.ref[-6:]}", "answers": [],
                          "announced": [], "messages": [], "receipts": [],
                          "status": "ACKNOWLEDGED", "lastModified": stamp(asked.came)})
            for other in self.others for asked in other.asked.values() if asked.story == "another"
        ]  # fmt: skip

    def dated(self, asked: Asked, name: str, at: datetime) -> datetime:
        """How this body dates an answer, a receipt or a message, by its own clock."""
        return self.clock.stamp(at, f"{asked.ref} {name}")

    def modified(self, asked: Asked) -> datetime:
        """When something was last said of a request."""
        times = [asked.came, *(said.at for said in asked.by(self.now()))]
        times += [at for _, at in asked.messages]
        times += [early.at for early in asked.early if early.at <= self.now()]
        if asked.swapped is not None and asked.swapped <= self.now():
            times.append(asked.swapped)
        return max(times)

    def _answer(self, asked: Asked, said: Said, number: int) -> Json:
        paper = said.paper
        if number == 1 and asked.swapped is not None and asked.swapped <= self.now():
            paper += b" (exchanged)"
        return {
            "number": number, "at": stamp(self.dated(asked, f"answer {number}", said.at)),
            "says": said.says,
            "ground": said.ground or None,
            "amount": money(said.minor, asked.currency) if said.minor else None,
            "until": stamp(said.until), "reviewAt": stamp(said.review),
            "document": base64.b64encode(paper).decode(),
            "sha256": hashlib.sha256(paper).hexdigest(), "mediaType": "application/json",
        }  # fmt: skip


_BOUNCES = 3
_ENDS = ("executed", "partially_executed", "refused")
_CANNOT_BE_TAKEN = ("junk_ground", "junk_sum", "over")


def _with_paper(asked: Asked, said: Said, number: int) -> Said:
    told = {"synthetic": True, "request": asked.ref, "answer": number, "says": said.says}
    return replace(said, paper=json.dumps(told).encode())
