"""Bodies of another State beside the small world's banks, and three people who ask them."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import Any

from models.entities.officer import Role
from models.entities.request import RequestRow
from models.store.people import appoint
from models.store.unit import unit_of_work
from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.correspondence.abroad import actions as letters, drafting, message_actions
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.sandbox.faults import catalogue as fault_catalogue
from recovery_flows.sandbox.worlds.world import Bank, World
from tests.recall_messages import CHANNELS

POLICE, AUTHORITY, FIU = "police-abroad", "authority-abroad", "fiu-abroad"
BODY_OF = {"igrip": POLICE, "mla": AUTHORITY, "eu_freeze": AUTHORITY, "egmont": FIU}
SENDER = Sender("Synthetic Unit", is_synthetic=True)
APPROVALS = ("central_authority_reference", "personal_data_export_reference")
VALUES = {"signed_on": "2026-03-02", "authority_email": "desk@unit.invalid"}
DISPATCHER = "the-third"
MINUTES = 20


def with_bodies(world: World, minutes: int = MINUTES) -> World:
    """The world with a police channel, a central authority and an FIU of the other State."""
    kinds = ((POLICE, "police"), (AUTHORITY, "central_authority"), (FIU, "fiu"))
    bodies = tuple(Bank(n, f"Synthetic {n}", "GB", "GBP", minutes, 0, kind) for n, kind in kinds)
    return replace(world, banks=(*world.banks, *bodies))


@dataclass
class Asked:
    """One recovery whose money went abroad, and what people do with its requests."""

    unit: Any

    def acting(self, who: str = "") -> Any:
        if not who:
            return self.unit.case_officer()
        unit = self.unit
        person = by_system_user(unit.database, who)
        return CaseOfficer(unit.database, unit.installation.laws, person, lambda: unit.wall_now)

    def new(self, channel: str = "igrip", **given: Any) -> str:
        fields = dict.fromkeys(APPROVALS, "SYN-1")
        asked = {"channel": channel, "fields": fields, **given}
        (made,) = drafting.draft(
            self.acting(), self.unit.recovery_id, drafting.Given(**asked), CHANNELS
        )
        return made

    def complete(self, name: str, **fields: str) -> None:
        missing = [m for m in self.row(name).missing.split(",") if m]
        texts = {m: VALUES.get(m, "as attached") for m in missing} | fields
        if texts:
            self.acting().advance(self.unit.recovery_id, to=name, fields=texts)

    def submit(self, name: str) -> None:
        self.acting().advance(self.unit.recovery_id, to=name)

    def approved(self, channel: str = "igrip", **given: Any) -> str:
        name = self.new(channel, **given)
        self.complete(name)
        self.submit(name)
        self.unit.approve()
        return name

    def dispatch(self, name: str, who: str = DISPATCHER, translation: bytes = b"") -> str:
        return letters.dispatch(
            self.acting(who), self.unit.recovery_id, name, translation, SENDER, CHANNELS
        )

    async def out(self, channel: str = "igrip", **given: Any) -> str:
        name = self.approved(channel, **given)
        self.dispatch(name)
        await self.unit.sweep()
        return name

    async def answered(self, hours: float = 1) -> None:
        """So much later all bodies have been asked for news."""
        for _ in range(3):
            self.unit.later(hours / 3)
            await self.unit.sweep(after_seconds=130)

    def row(self, name: str) -> RequestRow:
        return next(r for r in self.unit.file().requests if r.id == name)

    def there(self, body: str) -> list[Any]:
        """The requests in a body's own book."""
        found: list[Any] = self.unit.sandbox.get("/sandbox/book", body).json()["requests"]
        return found

    def got(self, body: str) -> list[tuple[dict[str, str], bytes]]:
        """Every order that a body got: its headers and the bytes of its body."""
        rows = self.unit.sandbox.get("/sandbox/received", body).json()
        return [(dict(r["headers"]), base64.b64decode(r["body"])) for r in rows]

    def said(self, body: str) -> list[str]:
        return [a["says"] for request in self.there(body) for a in request["answers"]]

    def steps(self, name: str) -> list[str]:
        return [s.sentence for s in self.unit.page().steps if s.subject_id == name]

    def owned(self) -> list[tuple[str, str]]:
        return [(str(d.kind), d.detail) for d in self.unit.file().discrepancies]


def with_a_third(unit: Any) -> None:
    """Somebody who has neither drafted nor approved."""
    with unit_of_work(unit.database) as work:
        appoint(work, unit.sandbox.now, DISPATCHER, [Role.OFFICER], os_user=DISPATCHER)


def leaves(body: bytes) -> list[tuple[str, str]]:
    """Every text of a JSON body with its path."""
    found: list[tuple[str, str]] = []

    def walk(value: object, path: str) -> None:
        if isinstance(value, dict):
            for name, one in value.items():
                walk(one, f"{path}.{name}")
        elif isinstance(value, list):
            for one in value:
                walk(one, path)
        else:
            found.append((path.lstrip("."), str(value)))

    walk(json.loads(body), "")
    return found


async def asked_abroad(unit: Any) -> Asked:
    """The money is traced to the account abroad; what the program drafted itself is given up."""
    unit.report(abroad=True)
    with_a_third(unit)
    for _ in range(8):
        await unit.sweep()
        if unit.file().requests:
            (own,) = unit.file().requests
            message_actions.withdraw(
                unit.case_officer(),
                unit.recovery_id,
                own.id,
                "another way is taken",
                SENDER,
                CHANNELS,
            )
            return Asked(unit)
        unit.advance()
    raise AssertionError(f"nothing is asked abroad; next: {unit.page().steps[0]}")


async def about_to_tell(unit: Any) -> None:
    """A request was withdrawn that another State's police has; the notice has not left yet."""
    asked = await asked_abroad(unit)
    unit.sandbox.plant({"call": fault_catalogue.REQUEST, "kind": "keeps_silent"}, bank=POLICE)
    name = await asked.out()
    message_actions.withdraw(
        asked.acting(), unit.recovery_id, name, "the money came back", SENDER, CHANNELS
    )


async def about_to_ask(unit: Any) -> None:
    """A third person has dispatched a request to another State's police; nothing has left yet."""
    asked = await asked_abroad(unit)
    asked.dispatch(asked.approved())
