"""Which task goes to whom, what is shown of a subject, what an authority is told, what is slow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from config.regimes import read_regime
from models.entities.catalogue import TRANSITIONS
from models.entities.event import EntityKind
from models.entities.multi_agency import SubjectKind, TaskKind, TaskRow, TaskState
from models.entities.officer import Role
from models.entities.partner import PartnerKind
from models.rights.decisions import DECISIONS
from recovery_flows.law.regime import load_regime
from recovery_flows.law.rows import Measure
from recovery_flows.multi_agency import stage as multi_agency
from recovery_flows.multi_agency.answers import _EVENTS
from recovery_flows.multi_agency.identifiers import IdentifierError, Subject, hint, identifier, site
from recovery_flows.multi_agency.lifecycle import basis_text
from recovery_flows.multi_agency.plan import Addressee, Known, Reached, plan
from recovery_flows.multi_agency.regulator_notice import (
    CopyRefusedError,
    check_copy,
    holds_private,
    is_victims_own,
)

S, K = SubjectKind, TaskKind
AT = datetime(2026, 3, 2, tzinfo=UTC)
PARTNERS = tuple(
    Addressee(name, PartnerKind(name.rstrip("12")))
    for name in ("bank1", "bank2", "telecom", "platform", "authority")
)
KNOWN = Known("R-1", (Reached("asset-1", "bank1", "622200001"),))


@pytest.mark.parametrize(
    ("kind", "typed", "value", "shown"),
    [
        (S.NUMBER, " +99 900-0110 (001)", "+999000110001", "number ···· 0001"),
        (S.NUMBER, "95588", "95588", "number ···· 5588"),
        (S.IMEI, "49 015420 323751 8", "490154203237518", "device ···· 7518"),
        (S.DOMAIN, "Pay.Lure.EXAMPLE.", "pay.lure.example", "domain p··.example"),
        (S.DOMAIN, "köder.example", "xn--kder-5qa.example", "domain x··.example"),
        (S.URL, "lure.example/pay?x=1", "https://lure.example/pay?x=1", "page l··.example/··"),
        (S.URL, "http://Lure.example:81/", "http://lure.example:81/", "page l··.example/··"),
        (S.ACCOUNT_NAME, " best_trader ", "best_trader", "account b··"),
        (S.IP, "2001:DB8::0:7", "2001:db8::7", "address ··.7"),
        (S.IP, "203.0.113.7", "203.0.113.7", "address ··.7"),
    ],
)
def test_what_is_typed_gets_one_spelling_and_is_shown_masked(
    kind: SubjectKind, typed: str, value: str, shown: str
) -> None:
    found = identifier(kind, typed)
    assert (found.value, hint(found)) == (value, shown)
    assert value not in repr(found)


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (S.NUMBER, "12ab"), (S.NUMBER, "+1"), (S.NUMBER, "1" * 16), (S.NUMBER, ""),
        (S.IMEI, "123"), (S.DOMAIN, "https://lure.example"), (S.DOMAIN, "lure"),
        (S.DOMAIN, "a b.example"), (S.DOMAIN, "-x.example"), (S.URL, "ftp://lure.example/x"),
        (S.URL, "https://me:secret@lure.example/"), (S.URL, "https://lure.example:port/"),
        (S.IP, "198.51.100"), (S.IP, "10.1.2.3"), (S.IP, "127.0.0.1"), (S.IP, "fe80::1"),
        (S.ACCOUNT_NAME, "a\u202eb"), (S.ACCOUNT_NAME, "x" * 501),
    ],
)  # fmt: skip
def test_what_is_no_identifier_is_refused_in_a_sentence_that_does_not_repeat_it(
    kind: SubjectKind, typed: str
) -> None:
    with pytest.raises(IdentifierError) as refused:
        identifier(kind, typed)
    assert len(typed) < 4 or typed not in str(refused.value)


def test_a_site_is_a_page_where_it_says_more_than_its_host() -> None:
    assert site("lure.example/").kind is S.DOMAIN
    assert site("lure.example/pay").kind is S.URL


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (None, {"bank2 warn", "authority copy"}),
        (S.NUMBER, {"telecom preserve", "telecom suspend", "telecom query"}),
        (S.IMEI, {"telecom preserve", "telecom query"}),
        (S.DOMAIN, {"platform preserve", "platform take_down"}),
        (S.URL, {"platform preserve", "platform take_down"}),
        (S.ACCOUNT_NAME, {"platform preserve", "platform take_down", "platform query"}),
        (S.IP, {"telecom preserve", "telecom query", "platform preserve", "platform query"}),
    ],
)
def test_each_kind_of_subject_goes_to_those_who_can_do_something_about_it(
    subject: SubjectKind | None, expected: set[str]
) -> None:
    found = [Subject(subject, "x")] if subject else []
    always = {"bank2 warn", "authority copy"}
    asked = {f"{p.partner_id} {p.kind}" for p in plan(KNOWN, found, PARTNERS, ask=True)}
    assert asked == always | expected
    unasked = {f"{p.partner_id} {p.kind}" for p in plan(KNOWN, found, PARTNERS, ask=False)}
    assert unasked == {a for a in asked if not a.endswith("query")}


def test_what_is_taken_down_is_preserved_first_and_the_own_bank_is_not_warned() -> None:
    planned = plan(KNOWN, [Subject(S.DOMAIN, "x"), Subject(S.NUMBER, "y")], PARTNERS, ask=False)
    kinds = [p.kind for p in planned]
    assert kinds == [K.PRESERVE, K.SUSPEND, K.PRESERVE, K.TAKE_DOWN, K.WARN, K.COPY]
    assert planned[4].subject == Subject(S.BANK_ACCOUNT, "622200001")
    assert plan(Known("R-1", ()), [Subject(S.NUMBER, "y")], PARTNERS, ask=True) == ()


@pytest.mark.parametrize(
    ("text", "private", "told"),
    [
        ("bank app", "Lin", False), ("told by Lin", "lin", True), ("online", "Lin", False),
        ("转给张三了", "张三", True), ("call +1 2", "2", True), ("app2", "2", False),
        ("x", " ", False),
    ],
)  # fmt: skip
def test_a_name_is_found_as_a_word_of_its_own_in_any_case(
    text: str, private: str, *, told: bool
) -> None:
    assert holds_private(text, [private]) is told


def test_a_victims_number_is_known_however_it_is_written() -> None:
    private = ["Synthetic Victim", "+86 138-0000-1111", "invented@example.org"]
    for own in ("13800001111", "+8613800001111", "013800001111"):
        assert is_victims_own(Subject(S.NUMBER, own), private)
    assert is_victims_own(Subject(S.ACCOUNT_NAME, "synthetic victim"), private)
    assert is_victims_own(Subject(S.URL, "https://x.example/?u=invented@example.org"), private)
    assert not is_victims_own(Subject(S.NUMBER, "13800002222"), private)
    assert not is_victims_own(Subject(S.DOMAIN, "example.org"), private)


def test_a_copy_that_would_name_a_victim_is_not_made() -> None:
    private = ["synthetic victim"]
    check_copy("R-1", {"method": "bank app", "reference": "R-1", "victims": 1}, private)
    with pytest.raises(CopyRefusedError, match="nothing was sent"):
        check_copy("R-1", {"more": {"of": "Synthetic Victim"}}, private)


def task(name: str, state: TaskState, answers: int = 0, minutes: int | None = None) -> TaskRow:
    at = None if minutes is None else AT + timedelta(minutes=minutes)
    return TaskRow(
        id=name, linkage_id="l", asset_id="a", partner_id=name, kind=K.WARN, state=state,
        ordered_at=AT, answers=answers, answered_at=at,
    )  # fmt: skip


def test_the_slowest_is_the_open_one_that_came_least_far_else_the_last_to_answer() -> None:
    done = task("b", TaskState.DONE, 3, 9)
    tasks = [done, task("c", TaskState.ACKNOWLEDGED, 2, 8), task("d", TaskState.ACKNOWLEDGED, 1, 5)]
    assert multi_agency.slowest(tasks) == "d"
    assert multi_agency.slowest([done, task("e", TaskState.REFUSED, 3, 4)]) == "b"
    assert multi_agency.slowest([]) == ""


def test_every_word_of_a_partner_is_a_move_that_a_task_can_take() -> None:
    moves = TRANSITIONS[EntityKind.TASK]
    assert [pair for pair, event in _EVENTS.items() if (pair[0], event) not in moves] == []
    assert all((state, "updated") in moves for state in TaskState)


def test_the_engine_orders_no_task_renews_none_and_starts_no_linkage() -> None:
    decided = (
        (EntityKind.MULTI_AGENCY_REQUEST, "started"),
        (EntityKind.TASK, "ordered"),
        (EntityKind.TASK, "renewal_ordered"),
    )
    assert [who for who in decided if Role.ENGINE in DECISIONS[who]] == []


def test_an_article_that_nobody_read_is_not_told_to_partners() -> None:
    china = load_regime(read_regime("CN"))
    row = china.measure(Measure.MULTI_AGENCY_ANSWER)
    assert basis_text(row) == "Anti-Telecom and Online Fraud Law (2022)"
    assert basis_text(china.stop).endswith("art 2(1)(2)")
    for code in ("CN", "GB"):
        law = load_regime(read_regime(code))
        limits = [str(law.measure(m).limit) for m in (
            Measure.MULTI_AGENCY_REQUEST, Measure.MULTI_AGENCY_ANSWER,
            Measure.PRESERVATION)]  # fmt: skip
        assert limits == ["2h", "24h", "90d"]
        assert law.preservation_reminder_hours[0] == 240
