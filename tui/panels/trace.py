"""The trace of one recovery: as many rules beside each other as the width allows."""

from __future__ import annotations

from dataclasses import replace

from textual.content import Content

from models.language.phrase import phrase
from recovery_flows.cases.pages.trace import written
from recovery_flows.cases.pages.value import Page, Part, Table, line, muted
from tui.panels.page import parts_lines
from tui.trace_view import TraceView

_PLACE_WIDTH = 25
_RULE_WIDTH = 16


def page_of(view: TraceView) -> Page:
    """The page with the way of the victim that is looked at."""
    claims = view.page.claims
    if not claims:
        return written(view.page, (), view.zone)
    n = view.victim % len(claims)
    more = (
        phrase(" ({n} of {claims}, v: the next)", n=n + 1, claims=len(claims))
        if len(claims) > 1
        else ""
    )
    return written(
        view.page,
        [(phrase("{label}{more}", label=claims[n].label, more=more), view.hops)],
        view.zone,
    )


def rules_lines(first: int, page: Page, width: int) -> list[Content]:
    """The rules from `first` on that fit, and how many others there are."""
    section = page.section("rules")
    parts: list[Part] = []
    for part in section.parts:
        if not isinstance(part, Table):
            parts.append(part)
            continue
        of = len(part.columns) - 1
        shown = list(range(of))[first : first + max((width - _PLACE_WIDTH) // _RULE_WIDTH, 1)]
        parts.append(part.only([0, *(n + 1 for n in shown)]))
        if len(shown) < of:
            which = phrase(
                "rules {shown} to {last} of {of}: ← → shows the others",
                shown=shown[0] + 1,
                last=shown[-1] + 1,
                of=of,
            )
            parts.append(line(muted(which)))
    told = replace(section, parts=tuple(parts)).parts or (line(muted(section.empty)),)
    return parts_lines(told, page.zone, width)
