"""Every message that the terminal can show, collected from the code where it is said."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from config.regimes import read_regime, regime_codes
from models.entities.asset import Stage
from models.entities.call import CallKind
from models.entities.catalogue import TRANSITIONS
from models.entities.claim import ObjectionKind
from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldState, Renewal
from models.entities.multi_agency import TaskKind, TaskState
from models.entities.officer import Role
from models.entities.outside.third_party_claim import ThirdPartyGround
from models.entities.outside.victim_message import VictimStage
from models.entities.partner import PartnerChannel, PartnerKind
from models.entities.register_change import RegisterAct
from models.entities.request import RequestState
from models.facts import LineKind
from models.language.catalogue import halves
from models.language.phrase import STORED
from models.step_wording import SENTENCES
from recovery_flows.access.change_figures import LABELS
from recovery_flows.access.disclosures import OF_ACCOUNT, OF_CLAIM
from recovery_flows.cases.views.state_names import TERMS
from recovery_flows.cross_border.doable import RequestAct
from recovery_flows.ledger.term_names import term_word
from recovery_flows.restitution.allocation import AllocationMethod
from recovery_flows.restitution.methods.catalogue import RuleName as DivisionRule
from recovery_flows.tracing.methods.catalogue import RuleName, Standing
from recovery_flows.tracing.methods.types import DissipatedKind
from tests.recall_messages import CHANNELS

ROOT = Path(__file__).parents[2]
_PLACES = ("tui", "recovery_flows/cases")
_ELSEWHERE = (
    ROOT / "recovery_flows" / "wording.py",
    ROOT / "recovery_flows" / "cases" / "pages" / "privacy.py",
)
"""The tools themselves, and a page that only a command prints."""
_IMPORTED = "models.language.phrase"
_TITLED = {"Column": (0,), "TableColumn": (1,), "Worded": (0, 1), "Binding": (2,)}
_NAMED = {"Column": ("short",), "Binding": ("tooltip",)}
Message = tuple[str, str]
"""Its context and its English text, without the blanks around it."""


def files() -> list[Path]:
    """The modules that say something on the screens."""
    found = {path for place in _PLACES for path in (ROOT / place).rglob("*.py")}
    for path in (*(ROOT / "recovery_flows").rglob("*.py"), *(ROOT / "models").rglob("*.py")):
        if _IMPORTED in path.read_text(encoding="utf-8"):
            found.add(path)
    found -= set((ROOT / "models" / "language").rglob("*.py"))
    return sorted(found - set(_ELSEWHERE))


@cache
def said() -> dict[Message, str]:
    """Each message with the place where it is said first."""
    found: dict[Message, str] = {}
    for path in files():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                for message in of_call(node):
                    found.setdefault(message, f"{path.relative_to(ROOT)}:{node.lineno}")
    for code in regime_codes():
        for step in read_regime(code).get("step", ()):  # its version stands before a formula
            found.setdefault((STORED, f"{{version}}: {step['formula']}"), f"regime {code}")
    for text in SENTENCES.values():
        found.setdefault(_message(text), "models/step_wording.py")
    return {message: place for message, place in found.items() if has_words(message[1])}


def has_words(text: str) -> bool:
    """Whether there is anything to translate beside figures and signs."""
    bare = "".join(piece.split("}")[-1] for piece in text.split("{"))
    return any(letter.isalpha() for letter in bare) or "%b" in text


def _message(text: str, context: str = "") -> Message:
    return context, halves(text)[1]


def of_call(call: ast.Call) -> Iterator[Message]:
    """The messages that one call says."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    texts = [_constant(one) for one in call.args]
    named = {one.arg: _constant(one.value) for one in call.keywords}
    if name == "phrase" and texts and texts[0]:
        yield _message(texts[0], named.get("context_") or "")
    elif name == "stored_phrase" and texts and texts[0]:
        yield _message(texts[0], STORED)
    elif name == "AnswerUnreadableError" and len(texts) > 2 and texts[2]:
        yield _message(texts[2], STORED)
    elif name == "one_of":
        yield _message(texts[2])
    elif name == "counted" and texts[1]:
        many = texts[2] if len(texts) > 2 else ""
        yield _message(f"{{number:,}} {many or texts[1] + 's'}")
    for place in _TITLED.get(name, ()):
        if place < len(texts) and texts[place]:
            yield _message(texts[place])
    for one in _NAMED.get(name, ()):
        if named.get(one):
            yield _message(named[one])


def _constant(node: ast.expr) -> str:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if is_text else ""


def figure_names() -> Iterator[Message]:
    """What the figures of approvals and the values of changes of the registers are called."""
    yield from map(_message, LABELS)
    for path in (ROOT / "recovery_flows").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "Figure(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Figure":
                yield _message(_constant(node.args[0]))


NAMED = (
    Role, PartnerKind, PartnerChannel, HoldKind, HoldState, Renewal, CallKind, TaskKind, TaskState,
    Stage, EntityKind, LineKind, RuleName, Standing, RequestState, RegisterAct, ObjectionKind,
    VictimStage, DivisionRule, ThirdPartyGround, DissipatedKind, AllocationMethod,
)  # fmt: skip
"""Codes that screens show in words; with them every event and state of every entity."""
_NEVER_SHOWN = frozenset({"None"})


def names() -> set[Message]:
    """The names of the program that screens show, as words."""
    codes = {str(one) for kind in NAMED for one in kind}
    codes |= {*OF_CLAIM, *OF_ACCOUNT, *CHANNELS}
    codes |= {str(noun) for noun in TRANSITIONS} | {term_word(account) for account in TERMS}
    for table in TRANSITIONS.values():
        for (before, event), after in table.items():
            codes |= {str(before), str(event), str(after)}
    bare = {re.sub("[_-]", " ", code) for code in codes - _NEVER_SHOWN}
    # A rule of tracing has the same name in English, and another meaning.
    of_division = {("division", AllocationMethod.PRO_RATA.replace("_", " "))}
    abroad = {("abroad", str(act)) for act in RequestAct}
    of_channels = {("", channel.name) for channel in CHANNELS.values()}
    return {("", name) for name in bare if name} | abroad | of_division | of_channels
