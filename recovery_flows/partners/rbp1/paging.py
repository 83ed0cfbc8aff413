"""Page after page of one reading: where the next one is, and what all of them may cost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

import httpx

from models.facts import FeedPage, RawAnswer, StatementFact
from models.ids import PartnerId
from models.language.phrase import stored_phrase
from models.trouble import Trouble
from recovery_flows.errors import (
    AnswerUnreadableError,
    PartnerUnavailableError,
    RecoveryFlowsError,
)
from recovery_flows.partners.rbp1 import wire

PAGES_MAX = 1_000
BYTES_MAX, FEED_BYTES_MAX = 50_000_000, 10_000_000
SECONDS_MAX, FEED_SECONDS_MAX = 300, 60
USELESS_BYTES_KEPT = 1_000_000
ROOT = "/v1/"
_IN_LOOP_BYTES_MAX = 100_000
T = TypeVar("T")


@dataclass(slots=True)
class Budget:
    """What one reading may cost, over all its pages and all parts that it is asked for in.

    A partner that calls every period too large would else be asked for millions of short ones.
    """

    partner: PartnerId
    seconds: float
    bytes_max: int
    pages: int = 0
    size: int = 0
    is_spent: bool = False
    _begun: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    @asynccontextmanager
    async def in_time(self) -> AsyncIterator[None]:
        """One limit of time; PartnerUnavailableError when it is over."""
        try:
            async with asyncio.timeout_at(self._begun + self.seconds):
                yield
        except TimeoutError:
            self.is_spent = True
            why = stored_phrase("did not give all pages within {seconds} s", seconds=self.seconds)
            raise PartnerUnavailableError(self.partner, why, trouble=Trouble.SLOW) from None

    def ask(self) -> None:
        """One page more is asked for; AnswerUnreadableError after too many."""
        if self.pages == PAGES_MAX:
            self.is_spent = True
            raise AnswerUnreadableError(
                self.partner, "pages", stored_phrase("are more than {most}", most=PAGES_MAX)
            )
        self.pages += 1

    def count(self, answer: RawAnswer) -> None:
        """A page has come; AnswerUnreadableError when all of them are too large."""
        self.size += len(answer.body)
        if self.size > self.bytes_max:
            self.is_spent = True
            why = stored_phrase("are larger than {most} bytes together", most=self.bytes_max)
            raise AnswerUnreadableError(self.partner, "pages", why)


def of_feed(partner: PartnerId) -> Budget:
    """The budget of a feed, which the next reading goes on with, so that it can be small."""
    return Budget(partner, FEED_SECONDS_MAX, FEED_BYTES_MAX)


def of_statement(partner: PartnerId) -> Budget:
    """The budget of a statement, which is read as a whole or not at all."""
    return Budget(partner, SECONDS_MAX, BYTES_MAX)


def up_to_here(page: FeedPage, spent: RecoveryFlowsError) -> FeedPage:
    """What was read of a feed until its budget was spent: the next reading goes on from there.

    Raises `spent` where it cannot: nothing was read, or the pages do not come oldest first.
    """
    read = [item.modified_at for item in page.items]
    if not read or read != sorted(read):
        raise spent
    return replace(page, unread=(*page.unread, "pages are more than are read at once"))


def worth_keeping(useless: Sequence[RawAnswer]) -> list[RawAnswer]:
    """The last of answers by which nothing was booked, up to so many bytes.

    A partner could else fill the disk with them, reading by reading.
    """
    kept, size = [], 0
    for answer in reversed(useless):
        size += len(answer.body)
        if size > USELESS_BYTES_KEPT:
            break
        kept.append(answer)
    return kept


def next_path(origin: httpx.URL, path: str, answer: RawAnswer, partner: PartnerId) -> str | None:
    """The path of the next page; None after the last one.

    A link elsewhere would carry the token there: AnswerUnreadableError for one that leads to
    another origin or out of the profile's root.
    """
    href = wire.next_link(answer.body, partner)
    if href is None:
        return None
    try:
        url = origin.join(path).join(href)
    except httpx.InvalidURL:
        raise AnswerUnreadableError(partner, "links.next", "is not a URL") from None
    if (url.scheme, url.netloc) != (origin.scheme, origin.netloc):
        raise AnswerUnreadableError(partner, "links.next", "leads to another origin")
    if not url.path.startswith(ROOT):
        raise AnswerUnreadableError(
            partner, "links.next", stored_phrase("leads out of {root}", root=ROOT)
        )
    return url.raw_path.decode("ascii")


async def parsed(
    parse: Callable[[Sequence[bytes], PartnerId], T], answers: Sequence[RawAnswer], bank: PartnerId
) -> T:
    """Read all pages; large ones in a thread, so that the loop goes on meanwhile."""
    bodies = [answer.body for answer in answers]
    if sum(map(len, bodies)) <= _IN_LOOP_BYTES_MAX:
        return parse(bodies, bank)
    return await asyncio.to_thread(parse, bodies, bank)


def covered(fact: StatementFact, until: datetime | None) -> StatementFact:
    """A statement as far as it was asked for: one that names the end of its day tells no later."""
    told = max((line.booked_at for line in fact.lines), default=fact.covers_from)
    ends = fact.covers_to if until is None else min(fact.covers_to, max(until, told))
    return replace(fact, covers_to=ends)
