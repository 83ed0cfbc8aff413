"""Parses the change feed item by item; an item that does not fit refuses only itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from models.facts import FeedFact, FeedPage
from models.ids import PartnerId, canonical
from recovery_flows.errors import AnswerUnreadableError
from recovery_flows.partners.rbp1 import feed_shapes
from recovery_flows.partners.rbp1.bounds import PARTS_FREE, parts_of
from recovery_flows.partners.rbp1.wire import fitted, shaped

UNREAD_TOLD = 20
"""So many items that cannot be read are named; the others are where the first ones are."""
REVISIONS_MAX = 100
"""So many revisions of one resource are taken from one reading; the rest comes with the next."""
_ITEM_PARTS_MIN = 2


def parse_feed(pages: Sequence[bytes], bank: PartnerId) -> FeedPage:
    """All pages of one reading of the change feed as one stretch, in the bank's order.

    An item that cannot be read, or that is one revision too many of its resource, is told in
    `unread` and ends no other; the stretch then reaches only to what was changed before it.
    """
    given = [item for raw in pages for item in _items(raw, bank)]
    items: list[FeedFact] = []
    unread: list[str] = []
    reached: list[datetime] = []
    lost: list[datetime | None] = []
    revisions: dict[tuple[type, str], set[tuple[str, int]]] = {}
    for at, item in enumerate(given):
        try:
            shape = item if isinstance(item, feed_shapes.AnyShape) else _alone(item, bank)
        except AnswerUnreadableError as error:
            unread.append(f"items.{at}.{error.field} {error.why}")
            lost.append(_modified(canonical(item), bank))
            continue
        fact = shape.fact()
        told = revisions.setdefault((type(fact), fact.order_ref), set())
        told.add((shape.id, shape.revision))
        if len(told) > REVISIONS_MAX:
            unread.append(f"items.{at}.revision is one of more than {REVISIONS_MAX} at once")
            lost.append(shape.last_modified)
            continue
        items.append(fact)
        reached.append(shape.last_modified)
    return FeedPage(tuple(items), _reached(reached, lost), tuple(unread[:UNREAD_TOLD]))


def _items(raw: bytes, bank: PartnerId) -> Sequence[feed_shapes.AnyShape | JsonValue]:
    """The items of a page: read where all of them fit, else as they came, to be read alone."""
    try:
        items = shaped(feed_shapes.FittingShape, raw, bank).items
    except AnswerUnreadableError:
        pass
    else:
        if not _may_be_crowded(raw, len(items)):
            return items
    return shaped(feed_shapes.FeedShape, raw, bank).items


def _may_be_crowded(raw: bytes, items: int) -> bool:
    """Whether one of the items can be made of more parts than it has content.

    Each has two at least. A part that is spelled as an escape is not seen here.
    """
    return b"\\u" in raw or parts_of(raw) - _ITEM_PARTS_MIN * (items - 1) > PARTS_FREE


def _alone(item: object, bank: PartnerId) -> feed_shapes.AnyShape:
    return fitted(feed_shapes.ItemShape, canonical(item), bank).root


def _modified(raw: bytes, bank: PartnerId) -> datetime | None:
    try:
        return fitted(feed_shapes.ModifiedShape, raw, bank).last_modified
    except AnswerUnreadableError:
        return None


def _reached(read: Sequence[datetime], lost: Sequence[datetime | None]) -> datetime | None:
    """The highest instant before the first item that could not be read; None: not known."""
    if any(at is None for at in lost):
        return None
    first = min((at for at in lost if at is not None), default=None)
    return max((at for at in read if first is None or at < first), default=None)
