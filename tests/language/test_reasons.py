"""Why something happened, and why a call failed: stored in English, shown in Chinese.

The modules that decide are read: a reason is a stored phrase, a partner's code, or what an officer
wrote. The screens of a unit in which much has happened are walked for the English that is left.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache

import pytest

from models.ids import CallId, PartnerId
from models.language.catalogue import Language
from models.language.phrase import Phrase, stored_phrase
from models.language.shown import in_language, shown
from models.language.stored import read_back
from recovery_flows.errors import (
    AnswerUnreadableError,
    OutcomeUnknownError,
    PartnerRefusedError,
    PartnerUnavailableError,
    RecoveryFlowsError,
)
from tests.language.messages import ROOT
from tests.language.stored import CHINESE
from tests.language.test_said_on_screens import is_plain

_NAMES = ("reason", "why", "because")
_LEFT_OUT = ("cli", "sandbox", "intake", "service", "web")
_NO_REASON_OF_AN_EVENT = {
    "models/store/reports/filing.py": "why a row of a file of reports was refused, for a command",
    "recovery_flows/cases/claim_bookings.py": "why a row of a file of claims was, for a command",
    "recovery_flows/restitution/claim_rows.py": "the same",
    "recovery_flows/cases/third_parties/actions.py": "the first line of a note",
    "recovery_flows/engine/outbox/bodies.py": "what a bank is told",
    "recovery_flows/engine/outbox/task_bodies.py": "what an agency is told",
}


@cache
def _trees() -> Mapping[str, ast.Module]:
    found = [
        path
        for room in ("recovery_flows", "models/store")
        for path in (ROOT / room).rglob("*.py")
        if not set(path.parts) & set(_LEFT_OUT)
    ]
    return {str(p.relative_to(ROOT)): ast.parse(p.read_text(encoding="utf-8")) for p in found}


@cache
def _takers() -> Mapping[str, tuple[int, ...]]:
    """The functions that take a reason, each with its places among the arguments."""
    found: dict[str, set[int]] = {}
    others: set[str] = set()
    for tree in _trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = [a.arg for a in node.args.args if a.arg not in ("self", "cls")]
                places = {at for at, name in enumerate(names) if name == "reason"}
                if places:
                    found.setdefault(node.name, set()).update(places)
                else:
                    others.add(node.name)
    return {name: tuple(places) for name, places in found.items() if name not in others}


def plain_reasons(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Reasons in plain English: given by name, by place, or put under such a name first."""
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        given: list[ast.expr] = []
        if isinstance(node, ast.Call):
            given = [one.value for one in node.keywords if one.arg == "reason"]
            places = _takers().get(ast.unparse(node.func).rpartition(".")[2], ())
            given += [node.args[at] for at in places if at < len(node.args)]
        elif isinstance(node, ast.Assign):
            names = [name for target in node.targets for name in ast.walk(target)]
            if any(isinstance(one, ast.Name) and one.id in _NAMES for one in names):
                is_many = isinstance(node.value, ast.Tuple)
                given = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                assert not is_many or len(given) > 1
        for one in given:
            text = constants.get(one.id, one) if isinstance(one, ast.Name) else one
            if is_plain(text):
                yield one.lineno, ast.unparse(text)


def test_no_reason_that_is_stored_is_plain_english() -> None:
    found = [
        f"{path}:{line}: {text}"
        for path, tree in _trees().items()
        if path not in _NO_REASON_OF_AN_EVENT
        for line, text in plain_reasons(tree)
    ]
    assert found == [], "\n".join(found)
    assert len(_trees()) > 250
    assert len(_takers()) > 20


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ('Transition(kind, id, "denied", state, reason="it was too late")', 1),
        ('_X = "it was too late"\nTransition(kind, id, "denied", state, reason=_X)', 1),
        ('reason = f"{n} objections to be decided" if n else "none objected"', 1),
        ('event, reason = "denied", "it was too late"', 1),
        ('void_approvals(changes, hold.id, "the sum was changed")', 1),
        ('void_approvals(changes, hold.id, stored_phrase("the sum was changed"))', 0),
        ("Transition(kind, id, 'refused', state, reason=fact.reason)", 0),
    ],
)
def test_a_plain_reason_is_found_where_it_is_given(code: str, count: int) -> None:
    assert len(list(plain_reasons(ast.parse(code)))) == count


@pytest.mark.parametrize(
    ("stored", "chinese"),
    [
        ("none objected", "无人提出异议"),
        ("fifo is the rule chosen for this recovery", "本案所选追踪规则：先进先出"),
        (
            "sent knowing that 2 other recoveries (of lin, nobody yet) had it too",
            "发出时已知另 2 起案件（主办：lin、尚无主办人）也涉及",
        ),
        ("less than 3 days left: follow-on freeze: draft", "剩余不足 3 天：后续冻结：草稿"),
        ("less than 6 h left: no freeze yet", "剩余不足 6 小时：尚未冻结"),
        (
            "its term ended without a renewal; answer 3, document 970fb60f724b",
            "期限届满，未续期；第 3 份答复，文件 970fb60f724b",
        ),
        ("void: a bank has paid of it before it was decided", "作废：作出决定前银行已付其中款项"),
        (
            "the ledger did not show what the records say: held, not_located",
            "账目与记录不符，已更正：已控制、未查明",
        ),
        ("NO_BALANCE", "NO_BALANCE"),
        ("the victim told us; he is sure", "the victim told us; he is sure"),
    ],
)
def test_the_reason_of_an_event_is_shown_in_chinese(stored: str, chinese: str) -> None:
    with in_language(Language.CHINESE):
        assert shown(read_back(stored)) == chinese
    assert read_back(stored) == stored


_ID, _CALL = PartnerId("bank-a"), CallId("call-1")
_BANK: Mapping[str, RecoveryFlowsError] = {
    "no": PartnerRefusedError(_ID, "NoSuchAccount", "not shown", 404),
    "away": PartnerUnavailableError(_ID, stored_phrase("it did not answer in time")),
    "busy": PartnerUnavailableError(_ID, "Busy (HTTP 429)", 30),
    "lost": OutcomeUnknownError(_ID, _CALL, stored_phrase("it hung up")),
    "gone": OutcomeUnknownError(_ID, _CALL),
    "odd": AnswerUnreadableError(_ID, "account.number", "is not the account that was asked for"),
    "twice": AnswerUnreadableError(_ID, "the whole answer", "names a field twice"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("error", "chinese"),
    [
        ("no", "协作单位 bank-a 拒绝：NoSuchAccount（HTTP 404）"),
        ("away", "协作单位 bank-a 不可用：未按时答复"),
        ("busy", "协作单位 bank-a 不可用：Busy (HTTP 429)；30 秒后方可再试"),
        ("lost", "协作单位 bank-a 的通信 call-1 结果不明（对方中断连接）：重发前请按其键值查询"),
        ("gone", "协作单位 bank-a 的通信 call-1 结果不明：重发前请按其键值查询"),
        ("odd", "协作单位 bank-a 的答复不合规范：account.number 不是所查账户"),
        ("twice", "协作单位 bank-a 的答复不合规范：the whole answer 字段重复"),
    ],
)
def test_why_a_call_failed_is_shown_in_chinese_after_it_was_stored(
    error: str, chinese: str
) -> None:
    raised = _BANK[error]
    with in_language(Language.CHINESE):
        assert shown(read_back(str(raised))) == chinese
        assert shown(raised.args[0]) == chinese
    stored = f"the bank does not say what became of it: {raised}"
    with in_language(Language.CHINESE):
        assert shown(read_back(stored)) == f"银行未说明结果：{chinese}"


def test_every_stored_message_is_said_by_itself_though_another_one_looks_like_it() -> None:
    """A figure takes any text: of two messages that fit, the one with more words of its own."""
    text = "an answer of partner b does not fit the profile: days tell a day twice in one currency"
    found = read_back(text)
    assert isinstance(found, Phrase)
    assert found.figures["field"] == "days"
    with in_language(Language.CHINESE):
        told = shown(found)
    assert CHINESE.search(told)
    assert not re.search(r"[a-z]{4,} [a-z]{3,}", told.replace("partner b", ""))
