"""What `n` does on a recovery, or why it does nothing; then whatever else is open."""

from __future__ import annotations

from textual.content import Content

from models.entities.officer import Role
from models.language.phrase import phrase
from models.queries.cases.views import RecoveryPage
from models.queries.installation.officers import OfficerView
from recovery_flows.cases.pages.recovery import step
from recovery_flows.cases.pages.value import cell
from tui.act_guards import officer_step, own_approval, why_not
from tui.layout import ROOMY, paragraph
from tui.panels.page import cell_content
from tui.state_styles import CARE, MUTED
from tui.text import cut, word, words


def next_lines(
    page: RecoveryPage, officer: OfficerView | None, zone: str, width: int, *, read_only: bool
) -> list[Content]:
    """The step that `n` does first, then the other steps as the command lists them."""
    own = officer.roles if officer else frozenset[Role]()
    refusal = why_not(page, officer, read_only=read_only)
    first = officer_step(page)
    approval = own_approval(page, officer)
    if approval is not None and not read_only:
        first, refusal = approval, ""
    if first is not None and not refusal:
        _, sentence, due = step(page, first)
        told = words(("n ", "bold $accent"), cell_content(cell(*sentence, "  ", *due), zone))
    else:
        told = words(("n ", MUTED), ("– ", CARE), (refusal, "$foreground"))
    lines = paragraph(told, width)
    others = [s for s in page.steps if s is not first and s.sentence != refusal]
    most = 3 if width >= ROOMY else 2
    for other in others[:most]:
        sign, sentence, due = step(page, other, own)
        told = cell_content(cell("  ", *sign, "  ", *sentence, "  ", *due), zone)
        lines.append(cut(told, width))
    if len(others) > most:
        lines.append(word(phrase("  and {others} more", others=len(others) - most), MUTED))
    return lines
