"""The adviser's answer for each account abroad of one recovery, read from its case file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from models.engine import Database
from models.language.phrase import phrase
from models.queries.cases.case_files import load_file
from models.queries.cases.requests import filled_fields
from models.queries.installation.clock import case_now
from recovery_flows.cross_border.adviser import Advice, Question, advise
from recovery_flows.cross_border.channels import Channel, Help, StateGroup
from recovery_flows.cross_border.file_questions import questions_of
from recovery_flows.errors import RefusedError
from recovery_flows.law.regime import Regimes

RAIL = "swift"
"""How the money is taken to have gone abroad where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class AdvisedAccount:
    """One account abroad, what was asked for it, and every channel with its reasons."""

    asset_id: str
    partner_id: str
    question: Question
    advice: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class ChannelAdvice:
    """The accounts abroad of a recovery, each with the channels that are open for it."""

    recovery_id: str
    ref: str
    accounts: tuple[AdvisedAccount, ...]
    channels: Mapping[str, Channel]
    groups: Mapping[str, StateGroup]
    laws: Regimes

    def wanting(self, wanted: Help) -> ChannelAdvice:
        """The same for another kind of help."""
        accounts = tuple(
            replace(
                one,
                question=(asked := replace(one.question, wanted=wanted)),
                advice=advise(asked, self.channels.values(), self.groups, self.laws),
            )
            for one in self.accounts
        )
        return replace(self, accounts=accounts)


def channel_advice(
    database: Database, laws: Regimes, channels: Mapping[str, Channel],
    groups: Mapping[str, StateGroup], recovery_id: str, wall_now: datetime,
) -> ChannelAdvice:  # fmt: skip
    """What is open for a recovery; RefusedError where no money is traced to an account abroad."""
    with database.reading() as session:
        file = load_file(session, recovery_id)
        filled = filled_fields(session, database.vault, file.requests)
        now = case_now(session, wall_now)
    law, ref = laws[file.recovery.regime], file.recovery.ref
    questions = questions_of(file, RAIL, Help.FREEZE, now, filled, law)
    if not questions:
        raise RefusedError(phrase("{ref}: no money is traced to an account abroad", ref=ref))
    assets = [a for a in file.assets if not a.home and a.traced_minor > 0]
    accounts = tuple(
        AdvisedAccount(asset.id, asset.partner_id, question, ())
        for asset, question in zip(assets, questions, strict=True)
    )
    return ChannelAdvice(recovery_id, ref, accounts, channels, groups, laws).wanting(Help.FREEZE)
