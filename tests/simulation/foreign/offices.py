"""Telecoms, platforms and an authority at home: the tasks that they have, and what they do.

No code of the program is used here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.books import Json, stamp
from tests.simulation.counter import ProblemError

STORIES = ("plain", "plain", "late", "silent", "refuses", "lets_go", "undoes", "keeps")
LIVE = ("RECEIVED", "IN_PROGRESS", "DONE", "PRESERVED")
_HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Job:
    """A task as an office has it; `past` are its answers: when, which status, which paper."""

    id: str
    ref: str
    kind: str
    body: Json
    status: str
    modified: datetime
    until: datetime | None = None
    reason: str = ""
    story: str = ""
    past: list[tuple[datetime, str, bytes]] = field(default_factory=list)

    def become(self, status: str, at: datetime) -> None:
        """Another status, and the paper that says so."""
        self.status, self.modified = status, at
        told = {"synthetic": True, "task": self.ref, "status": status, "n": len(self.past)}
        self.past.append((at, status, json.dumps(told).encode()))

    def json(self) -> Json:
        """A task resource."""
        answers = [
            {
                "number": n, "at": stamp(at), "status": status,
                "document": base64.b64encode(paper).decode(),
                "sha256": hashlib.sha256(paper).hexdigest(), "mediaType": "application/json",
            }
            for n, (at, status, paper) in enumerate(self.past, 1)
        ]  # fmt: skip
        return {
            "type": "task", "id": self.id, "revision": len(self.past), "taskRef": self.ref,
            "status": self.status, "preservedUntil": stamp(self.until),
            "refusalReason": self.reason or None, "answers": answers,
            "lastModified": stamp(self.modified),
        }  # fmt: skip


@dataclass(slots=True)
class Office:
    """One office; `posts` are the tasks that came, each time that one came."""

    id: str
    kind: str
    now: Callable[[], datetime]
    seed: int
    jobs: dict[str, Job] = field(default_factory=dict)
    calls: dict[str, tuple[bytes, int, Json]] = field(default_factory=dict)
    posts: list[str] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    polite: bool = False
    _diary: list[tuple[datetime, str, str]] = field(default_factory=list)

    def take(self, body: Json) -> Job:
        """Take a task in; it is worked on later."""
        dice = random.Random(f"{self.seed} {self.id} {len(self.jobs)}")  # noqa: S311 - a story
        story = "plain" if self.polite else dice.choice(STORIES)
        self.told[f"office:{story}"] += 1
        job = Job(
            f"{self.id}-T{len(self.jobs) + 1}", body["taskRef"], body["kind"], body, "", self.now(),
            story=story,
        )  # fmt: skip
        if body["preserveUntil"]:
            job.until = datetime.fromisoformat(body["preserveUntil"])
        job.become("RECEIVED", self.now())
        self.jobs[job.id] = job
        if story == "silent":
            return job
        at = self.now() + (30 * 24 if story == "late" else dice.choice((1, 5, 20))) * _HOUR
        done = "REFUSED" if story == "refuses" else self._done(job)
        self._diary.append((at, job.id, done))
        if story in ("lets_go", "undoes"):
            self._diary.append((at + dice.choice((30, 300)) * _HOUR, job.id, "CANCELLED"))
        return job

    def _done(self, job: Job) -> str:
        return "PRESERVED" if job.kind == "preserve" else "DONE"

    def advance(self) -> None:
        """Do what was due by now."""
        while due := [entry for entry in self._diary if entry[0] <= self.now()]:
            first = min(due)
            self._diary.remove(first)
            at, name, status = first
            job = self.jobs[name]
            if job.status not in LIVE:
                continue
            if status == "EXPIRED" and (job.until is None or job.until > at):
                continue
            if status == "REFUSED":
                job.reason = "NOT_FOUND"
            job.become(status, at)
            if status == "PRESERVED" and job.until is not None:
                self._diary.append((max(job.until, at), name, "EXPIRED"))

    def extend(self, name: str, body: Json) -> Job:
        """Preserve until a later end."""
        job, until = self._job(name), datetime.fromisoformat(body["preserveUntil"])
        if job.status != "PRESERVED" or job.until is None or until <= job.until:
            raise ProblemError(409, "OperationInvalid")
        job.until = until
        job.become("PRESERVED", self.now())
        self._diary.append((until, name, "EXPIRED"))
        return job

    def cancel(self, name: str) -> Job:
        """Let a task be, and undo what was done for it; one in some will not."""
        job = self._job(name)
        if job.status not in LIVE or (job.story == "keeps" and not self.polite):
            raise ProblemError(409, "OperationInvalid")
        job.become("CANCELLED", self.now())
        return job

    def _job(self, name: str) -> Job:
        if name not in self.jobs:
            raise ProblemError(404, "NotFound")
        return self.jobs[name]

    def make_polite(self) -> None:
        """What was left lying is done now."""
        self.polite = True
        for job in self.jobs.values():
            if job.status in ("RECEIVED", "IN_PROGRESS"):
                self._diary.append((self.now() + _HOUR, job.id, self._done(job)))

    def next_due(self, at: datetime) -> datetime | None:
        """When this office does the next thing."""
        return min((entry[0] for entry in self._diary if entry[0] > at), default=None)
