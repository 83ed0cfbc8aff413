"""Hostile answers whose JSON is right in form: too many, too deep, too large, too often."""

from __future__ import annotations

from collections.abc import Callable

from bench.hostile_kit import Case, about_ours, always, halves, pages
from bench.hostile_words import (
    CAPABLE,
    PAGE_BYTES,
    bookings,
    filled,
    hold,
    packed,
    page,
    revisions,
    statement,
    strangers,
    task,
)


def _one(**changes: object) -> Callable[[], bytes]:
    return lambda: page(packed(hold(**changes)))  # type: ignore[arg-type]


def _raw_item(text: str) -> Callable[[], bytes]:
    """A hold whose revision is this text."""
    return lambda: page(packed(hold()).replace('"revision":2', f'"revision":{text}'))


LISTS: dict[str, Case] = {
    "5 MB of empty objects": Case("feed", always(lambda: page(filled("{}")))),
    "5 MB of ones": Case("feed", always(lambda: page(filled("1")))),
    "2 million brackets, one in the other": Case(
        "feed", always(lambda: page("[" * 2_400_000 + "]" * 2_400_000))
    ),
    "an item of 300,000 fields": Case(
        "feed",
        always(lambda: page("{" + ",".join(f'"k{n}":0' for n in range(300_000)) + "}")),
        is_read=True,
    ),
    "300,000 fields beside the items": Case(
        "feed",
        always(
            lambda: (
                b"{" + b"".join(b'"k%d":0,' % n for n in range(300_000)) + page("")[1:]
            )
        ),
        is_read=True,
    ),
    "10,000 holds that are none of ours": Case(
        "poll", always(lambda: page(strangers(1, 10_000))), is_read=True
    ),
    "100,000 holds that are none of ours, in 10 pages": Case(
        "poll",
        pages(lambda n, following: page(
            strangers(n * 10_000, 10_000), following if n < 10 else ""
        )),
        is_read=True,
    ),
    "holds that are none of ours, page after page without an end": Case(
        "poll",
        pages(lambda n, following: page(strangers(n * 1_000, 1_000), following)),
        is_read=True,
    ),
    "8,000 items that cannot be read": Case(
        "poll", always(lambda: page(filled(packed(hold(revision="two")), 2_300_000))), is_read=True
    ),
    "the same unreadable page, other each time": Case(
        "poll",
        pages(lambda n, following: page(filled(packed(hold(n, revision="x"))), following)),
        is_read=True,
    ),
    "a task with a thousand documents": Case(
        "feed", always(lambda: page(task(1_000, 3_000))), is_read=True
    ),
    "a statement of 100,000 bookings that add up": Case(
        "statement",
        pages(lambda n, following: statement(
            bookings(n * 20_000, 20_000), following if n < 4 else ""
        )),
        is_read=True,
    ),
    "a statement of a million bookings": Case(
        "statement",
        pages(lambda n, following: statement(bookings(n * 25_000, 25_000), following)),
    ),
    "5 MB of zeros for bookings": Case("statement", always(lambda: statement(filled("0")))),
    "every period is too large": Case("statement", halves(0)),
    "every period above ten minutes is too large": Case(
        "statement", halves(600), seconds=310
    ),
    "limits for 100,000 operations": Case(
        "capabilities",
        always(lambda: packed(
            CAPABLE | {"limits": {str(n): {"perMinute": 60} for n in range(100_000)}}
        ).encode()),
    ),
}  # fmt: skip

NUMBERS: dict[str, Case] = {
    "a revision of 10^19": Case("feed", always(_one(revision=10**19)), is_read=True),
    "a revision of 4.9 million digits": Case("feed", always(_raw_item("9" * PAGE_BYTES))),
    "a revision of 1e999999999": Case("feed", always(_raw_item("1e999999999")), is_read=True),
    "a hold acted on in 9999": Case(
        "feed", always(_one(actedAt="9999-12-31T23:59:59Z")), is_read=True
    ),
    "a sum of 10^400": Case(
        "feed",
        always(_one(amountHeld={"currency": "CNY", "amount": "1" + "0" * 400})),
        is_read=True,
    ),
    "minPollSeconds of 10^15": Case(
        "capabilities", always(lambda: packed(CAPABLE | {"minPollSeconds": 10**15}).encode())
    ),
    "a rate of 10^400": Case(
        "capabilities",
        always(
            lambda: packed(CAPABLE | {"limits": {"*": {"perMinute": 10**400}}}).encode()
        ),
    ),
    "a Retry-After of 10^300": Case(
        "hold", always(lambda: b"", 503, "retry-after: 1" + "0" * 300)
    ),
    "a token that lasts 10^19 seconds": Case(
        "token",
        always(lambda: packed({
            "access_token": "x", "token_type": "Bearer", "expires_in": 10**19
        }).encode()),
    ),
    "a token of 5 MB": Case(
        "token",
        always(lambda: b'{"access_token":"%s","token_type":"Bearer"}' % (b"x" * PAGE_BYTES)),
    ),
}  # fmt: skip

OURS: dict[str, Case] = {
    "our hold in 9,000 revisions": Case(
        "poll", about_ours(lambda ours: page(revisions(ours, 9_000))), is_read=True, changes=True
    ),
    "our hold 9,000 times in one revision": Case(
        "poll",
        about_ours(lambda ours: page(filled(packed(hold(orderRef=ours)), 3_000_000))),
        is_read=True,
        changes=True,
    ),
}
