"""Third parties who claim what is held, victims who are told, offices that are asked at once."""

from __future__ import annotations

import random

from models.entities.multi_agency import SubjectKind
from models.entities.outside.third_party_claim import DamagesSource, ThirdPartyGround
from recovery_flows.cases.third_parties import actions as third_party
from recovery_flows.cases.victims import actions as victims
from recovery_flows.multi_agency import actions as joint
from tests.simulation.desks import Desks

_GROUNDS = tuple(ThirdPartyGround)
_PARTNERS = ("telecom", "platform", "regulator")
_FOUND = (
    (SubjectKind.NUMBER, "+8613900000001"), (SubjectKind.DOMAIN, "invented.example"),
    (SubjectKind.ACCOUNT_NAME, "invented-name"), (SubjectKind.IMEI, "490154203237518"),
)  # fmt: skip
_CLAIMS = (
    "SELECT t.recovery_id, t.id, r.owner_id, t.claimed_minor, t.currency, t.granted_minor FROM"
    " third_party_claim t JOIN recovery r ON r.id = t.recovery_id WHERE t.state {} ORDER BY t.id"
)


class Claimants(Desks):
    """Acts of officers that others cause: claims, messages, joint requests."""

    # Third parties

    def _third_file(self, pick: float) -> None:
        """Somebody says that the money, or a part of it, or more, is his."""
        query = (
            "SELECT h.recovery_id, h.asset_id, r.owner_id, h.held_minor FROM hold h JOIN recovery r"
            " ON r.id = h.recovery_id WHERE h.kind <> 'custody' AND h.acted_at IS NOT NULL AND"
            " r.state <> 'joined' ORDER BY h.id"
        )
        if not (found := self._one(query, pick)):
            return
        recovery, asset, owner, held = found
        dice = random.Random(f"third {pick}")  # noqa: S311 - a story, no secret
        ground, minor = dice.choice(_GROUNDS), int(str(held)) or 100_00
        share = max(1, minor * dice.choice((1, 1, 1, 3)) // dice.choice((1, 2, 3, 5)))
        whole = ground is ThirdPartyGround.EXCESS and dice.random() < 0.5
        filing = third_party.Filing(
            ground, "synthetic", "" if whole else _spelled(share), str(asset), b"%PDF synthetic"
        )
        what = f"takes a claim ({ground}) of {filing.amount or 'all beyond'} on {asset}"
        self._try(str(owner), what, lambda: third_party.file_claim(
            self._desk_of(owner), str(recovery), filing))  # fmt: skip

    def _third_decide(self, pick: float) -> None:
        if found := self._one(_CLAIMS.format("= 'filed'"), pick):
            recovery, name, owner = map(str, found[:3])
            self._proposed(recovery, name, owner, int(str(found[3])), int(pick * 997))

    def _proposed(self, recovery: str, name: str, who: str, claimed: int, dice: int) -> bool:
        """Uphold it wholly or in part, or reject it; what cannot be upheld is rejected."""
        ways = ("", _spelled(max(1, claimed // 2)), None)
        desk = self._desk_of(who)
        for n in range(3):
            granted = ways[(dice + n) % 3]
            if self._try(who, f"proposes {granted if granted is not None else 'no'} for {name}",
                lambda granted=granted: third_party.decide(
                    desk, recovery, name, granted, "synthetic")):  # fmt: skip
                return True
        return False

    def _third_appeal(self, pick: float) -> None:
        if found := self._one(_CLAIMS.format("= 'rejected'"), pick):
            recovery, name, owner = map(str, found[:3])
            self._try(owner, f"takes the appeal about {name}", lambda: third_party.appeal(
                self._desk_of(owner), recovery, name, "synthetic"))  # fmt: skip

    def _third_withdraw(self, pick: float) -> None:
        if found := self._one(_CLAIMS.format("<> ''"), pick):
            recovery, name, owner = map(str, found[:3])
            self._try(owner, f"hears that {name} is taken back", lambda: third_party.withdraw(
                self._desk_of(owner), recovery, name, "synthetic"))  # fmt: skip

    def _third_pay(self, pick: float) -> None:
        query = _CLAIMS.format("= 'upheld' AND t.ground = 'wrong_freeze'")
        if found := self._one(query, pick):
            recovery, name, owner = map(str, found[:3])
            self._paid(recovery, name, owner, int(str(found[5])), wrong=pick < 0.3)

    def _paid(self, recovery: str, name: str, who: str, granted: int, *, wrong: bool) -> bool:
        """A treasury pays for a wrong freeze; an officer may misread the sum at first."""
        sums = (granted + 1, granted) if wrong else (granted,)
        done = False
        for minor in sums:
            paid = third_party.Paid(
                _spelled(minor), DamagesSource.TREASURY, self._wall(), f"D{name[-6:]}",
                b"%PDF synthetic payment",
            )  # fmt: skip
            done = self._try(who, f"enters {paid.amount} paid for {name}",
                lambda paid=paid: third_party.pay(
                    self._desk_of(who), recovery, name, paid))  # fmt: skip
        self.abroad.third[name] = granted
        return done

    def claimed(self, recovery: str, action: str, subject: str, who: str) -> bool | None:
        """Do a step of a third-party claim; None where the step is no such one."""
        if action != "follow_third_party":
            return None
        query = "SELECT state, claimed_minor, granted_minor FROM third_party_claim WHERE id = ?"
        state, asked, granted = self._eyes.execute(query, [subject]).fetchone()
        if state == "upheld":
            return self._paid(recovery, subject, who, int(granted), wrong=False)
        dice = sum(map(ord, subject))
        return self._proposed(recovery, subject, who, int(asked), dice)

    # Victims

    def _victim_told(self, pick: float) -> None:
        """Tell every victim of a recovery, or one of them, in one language or the other."""
        query = "SELECT id, owner_id FROM recovery WHERE state = 'open' ORDER BY id"
        if not (found := self._one(query, pick)):
            return
        recovery, owner = map(str, found)
        claims = "SELECT id FROM claim WHERE recovery_id = ? ORDER BY id"
        ids = [str(r[0]) for r in self._eyes.execute(claims, [recovery])]
        dice = int(pick * 997)
        to = "" if dice % 2 or not ids else ids[dice % len(ids)]
        language = ("en", "zh")[dice // 2 % 2]
        for _ in range(2 if dice % 5 == 0 else 1):  # now and then somebody presses twice
            self._try(owner, f"tells {to or 'all victims'} ({language})", lambda: victims.sent(
                self._desk_of(owner), recovery, to, language, "by mail"))  # fmt: skip

    def told_victims(self, recovery: str, action: str, who: str) -> bool | None:
        """Do the step that tells victims; None where the step is another one."""
        if action != "tell_victim":
            return None
        return self._try(who, "tells all victims", lambda: victims.sent(
            self._desk_of(who), recovery, "", "en", "by mail"))  # fmt: skip

    # Offices

    def _joint_start(self, pick: float) -> None:
        """Ask offices at once about what was found; some of it is a victim's own by mistake."""
        query = "SELECT id, owner_id FROM recovery WHERE state = 'open' ORDER BY id"
        if not (found := self._one(query, pick)):
            return
        recovery, owner = map(str, found)
        dice = random.Random(f"joint {pick}")  # noqa: S311 - a story, no secret
        given = dice.sample(_FOUND, dice.choice((1, 2, 3)))
        subjects = [joint.subject_of(kind, text) for kind, text in given]
        partners = dice.sample(_PARTNERS, dice.choice((1, 2, 3)))
        ask = dice.random() < 0.4
        self._try(owner, f"asks {', '.join(partners)} at once", lambda: joint.start(
            self._desk_of(owner), recovery, subjects, ask=ask, partners=partners))  # fmt: skip

    def _joint_cancel(self, pick: float) -> None:
        if found := self._task("<> ''", pick):
            recovery, name, owner = found
            self._try(owner, f"takes task {name} back", lambda: joint.cancel_task(
                self._desk_of(owner), recovery, name, "synthetic"))  # fmt: skip

    def _joint_renew(self, pick: float) -> None:
        if found := self._task("IN ('preserved', 'expired')", pick):
            recovery, name, owner = found
            self._try(owner, f"has {name} preserved for longer", lambda: joint.renew(
                self._desk_of(owner), recovery, name))  # fmt: skip

    def _task(self, states: str, pick: float) -> tuple[str, str, str] | None:
        query = (
            "SELECT t.recovery_id, t.id, r.owner_id FROM task t JOIN recovery r ON r.id ="
            f" t.recovery_id WHERE t.state {states} ORDER BY t.id"
        )
        found = self._one(query, pick)
        return None if found is None else (str(found[0]), str(found[1]), str(found[2]))


def _spelled(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"
