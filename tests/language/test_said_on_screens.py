"""What a screen can say after an act, or why it was refused, is a phrase and never plain English.

The modules that the terminal imports are read: an error that is raised with a plain text, a class
of errors whose sentence is one, and what an act returns.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter

import grimp
import pytest

from models.language.catalogue import Language, words_of
from models.language.phrase import STORED, Phrase, stored_phrase
from models.language.shown import in_language, shown
from models.language.stored import read_back
from models.step_wording import Wording, say
from tests.language.messages import ROOT

_INTERNAL = frozenset(
    {
        "ValueError", "TypeError", "AssertionError", "RuntimeError", "KeyError", "LookupError",
        "OSError", "sa.exc.NoResultFound", "sa.exc.MultipleResultsFound", "direct.of_sqlalchemy",
    }
)  # fmt: skip
"""What no person is shown: a fault of the program, or turned into an error of its own above."""
_NOT_SHOWN = {
    "models/entities/catalogue.py": "a move that no table has: a fault of the program",
    "models/migrate.py": "before any screen stands",
    "models/money.py": "sums of two currencies are never added: a fault of the program",
    "models/sealing/vault.py": "before any screen stands, and in `recovery doctor`",
    "models/sqlite/plain_session.py": "of one statement of SQL",
    "models/store/clock.py": "the demo's clock",
    "models/store/installation.py": "before any screen stands, and in `recovery doctor`",
    "models/store/record.py": "a fault of the program",
    "recovery_flows/tracing/methods/types.py": "a fault of the program",
    "recovery_flows/intake/complaints.py": "reports from a file, which a command reads",
    "recovery_flows/partners/rbp1/client.py": "recorded of a call, as it was",
}
_SAID = ("phrase", "stored_phrase")
_ACTS = ("actions.py", "case_officer.py", "contacts.py", "saved_views.py")
Place = tuple[Path, int, str]


_LEFT_OUT = frozenset({"sandbox", "engine", "cli", "service", "web", "migrations"})
_CODES = frozenset({"executed", "partially_executed", "otherwise"})
"""Figures that are typed or stored as they are."""


@cache
def modules() -> tuple[Path, ...]:
    """The modules of the program that the terminal imports, at once or when it needs them."""
    graph = grimp.build_graph(
        "recovery_flows", "models", "tui", exclude_type_checking_imports=True, cache_dir=None
    )
    names = {*graph.find_upstream_modules("tui", as_package=True), *graph.find_descendants("tui")}
    shown = (name for name in names if _LEFT_OUT.isdisjoint(name.split(".")))
    files = (ROOT.joinpath(*name.split(".")).with_suffix(".py") for name in shown)
    return tuple(sorted(path for path in files if path.exists()))


def is_plain(node: ast.expr | None) -> bool:
    """Whether it is a text of several words that no phrase was made of."""
    if isinstance(node, ast.IfExp):
        return is_plain(node.body) or is_plain(node.orelse)
    if isinstance(node, ast.BinOp):
        return is_plain(node.left) or is_plain(node.right)
    if isinstance(node, ast.JoinedStr):
        texts = [str(one.value) for one in node.values if isinstance(one, ast.Constant)]
        return any(
            len(word) > 2 and word.isalpha() and not word.isupper()
            for text in texts
            for word in text.split()
        )
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value


def plain_in(path: Path, code: str) -> Iterator[Place]:
    """Where a module says plain English to whoever acts."""
    is_of_acts = path.name.endswith(_ACTS)
    for node in ast.walk(ast.parse(code)):
        texts: list[ast.expr] = []
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            is_error = name.endswith("Error") or name in ("refuse", "super().__init__")
            texts = node.args if is_error and name not in _INTERNAL else []
        elif isinstance(node, ast.Return) and node.value is not None and is_of_acts:
            texts = [node.value]
        yield from ((path, text.lineno, ast.unparse(text)) for text in texts if is_plain(text))


def english_figures(code: str) -> Iterator[tuple[int, str]]:
    """Figures of a phrase that are plain words: they would stand in English in it."""
    for function in ast.walk(ast.parse(code)):
        if not isinstance(function, ast.FunctionDef):
            continue
        given = {
            target.id: node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in _SAID:
                yield from _english_in(call, given)


def _english_in(call: ast.Call, given: Mapping[str, ast.expr]) -> Iterator[tuple[int, str]]:
    for one in call.keywords:
        named = one.value.id if isinstance(one.value, ast.Name) else ""
        text = given.get(named, one.value)
        if one.arg != "context_" and has_words(text):
            yield call.lineno, f"{one.arg}: {ast.unparse(text)}"


def has_words(node: ast.expr) -> bool:
    """Whether a figure is, or may be, a small word of the program as plain text."""
    if isinstance(node, ast.IfExp):
        return has_words(node.body) or has_words(node.orelse)
    if isinstance(node, ast.BoolOp):
        return any(map(has_words, node.values))
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = " ".join(str(one.value) for one in parts if isinstance(one, ast.Constant))
    if not isinstance(node, ast.JoinedStr | ast.Constant) or "`" in text or "recovery " in text:
        return False  # a command is the same in both languages
    words = [word for word in text.split() if word.isalpha() and word.islower()]
    return any(len(word) > 2 and word not in _CODES for word in words)


def test_no_figure_of_a_phrase_is_an_english_word() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in modules()
        if str(path.relative_to(ROOT)) not in _NOT_SHOWN
        for line, text in english_figures(path.read_text(encoding="utf-8"))
    ]
    assert found == [], "\n".join(found)


def test_no_refusal_and_no_outcome_of_an_act_is_plain_english() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in modules()
        if str(path.relative_to(ROOT)) not in _NOT_SHOWN
        for path, line, text in plain_in(path, path.read_text(encoding="utf-8"))
    ]
    assert found == [], "\n".join(found)
    assert len(modules()) > 300


@pytest.mark.parametrize(
    ("name", "code", "count"),
    [
        ("rules.py", 'raise StepRefusedError(f"{ref} is closed: nothing is sent")', 1),
        ("rules.py", 'raise StepRefusedError(phrase("{ref} is closed", ref=ref))', 0),
        ("rules.py", 'raise ValueError("not one of ours at all")', 0),
        ("rules.py", "class E(X):\n def __init__(s): super().__init__('nobody is here')", 1),
        ("actions.py", 'def f(): return f"{ref}: sent to the bank"', 1),
        ("actions.py", 'def f(): return "sent to it" if a else phrase("kept")', 1),
        ("rules.py", 'def f(): return f"{ref}: sent to the bank"', 0),
    ],
)
def test_plain_english_is_found_where_it_is_said(name: str, code: str, count: int) -> None:
    assert len(list(plain_in(Path(name), code))) == count


@pytest.mark.parametrize(
    ("stored", "chinese"),
    [
        ("paid in all", "累计付款"),
        ("a bank has paid of it before it was decided", "作出决定前银行已付其中款项"),
        ("the bank refused its statement: NO_SUCH_DAY", "银行拒绝提供流水：NO_SUCH_DAY"),
        (
            "the bank refused its statement of what came after 2026-03-02 06:00 UTC",
            "银行拒绝提供 2026-03-02 06:00 UTC 之后的流水",
        ),
        ("answer 2 (executed): it has ended", "第 2 份答复（已执行）：it has ended"),
        ("recorded as settled, stated now as refused", "记录为 已记账，现称 被拒绝"),
        (
            "the money was traced anew, with another result, what is held has changed",
            "资金已重新追踪，结果不同、所控制金额已有变化",
        ),
    ],
)
def test_a_stored_sentence_of_ours_is_shown_in_chinese(stored: str, chinese: str) -> None:
    with in_language(Language.CHINESE):
        assert shown(read_back(stored)) == chinese
    assert read_back(stored) == stored


def test_what_others_wrote_stays_as_it_is_though_it_begins_like_ours() -> None:
    for text in ("", "paid in all, we think", "the bank kept nothing of it for now\nand more"):
        assert not isinstance(read_back(text), Phrase)
        with in_language(Language.CHINESE):
            assert shown(read_back(text)) == text


@pytest.mark.parametrize("length", [300, 400, 4_000])
@pytest.mark.parametrize(
    "piece", ["x is dated y, ", "void: ", "held; ", "held, ", "the bank kept {}, ", ", "]
)
@pytest.mark.parametrize("end", ["", "x", "\n"])
def test_a_list_that_looks_like_ours_without_end_is_told_from_ours_at_once(
    length: int, piece: str, end: str
) -> None:
    """Each way to part it was tried once: 2.2 s for 250 characters, doubled by each piece."""
    text = (piece * length)[: length - len(end)] + end
    assert read_back(text) == text


def test_a_step_that_was_stored_with_an_english_reason_is_chinese_all_over() -> None:
    stored = say("rests_on_else", changed="a bank has paid of it before it was decided").stored()
    found = Wording.read(stored)
    with in_language(Language.CHINESE):
        told = shown(found.phrase())
    assert "作出决定前银行已付其中款项" in told
    assert "before it was decided" not in told
    assert "before it was decided" in str(found)


def test_a_stored_message_has_figures_that_need_no_form() -> None:
    """A figure comes back as text: a form for dates or numbers would not take it."""
    stored = [text for context, text in words_of(Language.CHINESE) if context == STORED]
    forms = [form for text in stored for _, _, form, _ in Formatter().parse(text) if form]
    assert forms == []
    for text in stored:
        names = {name for _, name, _, _ in Formatter().parse(text) if name}
        said = stored_phrase(text, **dict.fromkeys(names, "x-1"))
        assert read_back(str(said)) == said
