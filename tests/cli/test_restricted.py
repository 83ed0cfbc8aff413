"""Who may not see a restricted recovery: no command of the program tells him anything of it.

The commands are taken from the program's own tree, so that one that is added tomorrow is tried
tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import EnumMeta
from pathlib import Path
from typing import Any

import pytest

from tests.checks.test_docs import command_line
from tests.cli.restricted_unit import (
    MEMBERS,
    NUMBER,
    OTHER_SUPERVISOR,
    PAYMENT,
    REPORT,
    VICTIM,
    Restricted,
    restrict,
    restricted,
)
from tui.whole_pages import OF_ONE, SCREENS

STAY = {
    ("init",), ("engine",), ("sandbox",), ("demo",), ("serve",), ("web",), ("tui",),
    ("officer", "login", "set"), ("officer", "login", "second-factor"),
    ("officer", "login", "codes"),
}  # fmt: skip
"""Commands that stay open, or are about one's own log-in; `tui` is tried by its screens as text."""
UNKNOWN = "R-2026-9999"
OF_OTHERS = {
    ("incoming", w) for w in ("take", "ack", "answer", "refuse", "confirm", "show", "write")
}
"""Their REF is that of a request from abroad."""
AT = "2026-03-02T10:00:00+08:00"
VALUES = {
    "amount": "1.00", "pool": "1.00", "minutes": "5", "at": AT, "until": AT, "since": AT,
    "ordered_at": AT, "checked_on": "2026-03-02", "part": "2026-04-01=1.00", "channel": "mla",
    "name": "libr", "bank": "bank-home", "account": "9999000000000001", "to": "lin",
    "regime": "CN", "law": "CN", "currency": "CNY", "kind": "loss", "fields": "name", "uphold": "",
    "from_state": "FR", "want": "evidence", "says": "refused", "field": "facts=x",
}  # fmt: skip
MORE = {
    ("restrict",): ["--lift", "--reason", "x"], ("xborder", "set"): ["--field", "facts=x"],
    ("letter", "notice"): ["--document", "PAPER"], ("court-list", "identify"): ["--claim", "x"],
    ("xborder", "new"): ["--channel", "mla"],
}  # fmt: skip
"""What a command asks for beyond what its options say."""
OF_ROWS = {
    "request": "request", "call": "call", "hold": "hold", "asset": "asset", "claim": "claim",
    "approval_ids": "approval", "task": "task", "recall": "recall",
}  # fmt: skip


@pytest.fixture
def world(unit: Any, run: Any, by_two: Any) -> Restricted:
    return restricted(unit, run, by_two)


def leaves(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of the program with its words."""
    if hasattr(command, "commands"):
        for name, child in command.commands.items():
            yield from leaves(child, (*words, name))
    elif words not in STAY and not command.hidden:
        yield words, command


def given(command: Any, ref: str, ids: dict[str, str], folder: Path) -> list[str]:
    """What a command asks for: a recovery's reference, ids of its rows, else something fit."""
    paper = folder / "paper.txt"
    paper.write_text("invented")
    words: list[str] = []
    for param in command.params:
        is_argument = param.param_type_name == "argument"
        if not (is_argument or param.required) or param.name == "as_json":
            continue
        kind = param.type_descriptor.annotation
        choices = list(kind) if isinstance(kind, EnumMeta) else []
        value = str(choices[0].value) if choices else VALUES.get(param.name, "x")
        if param.name in ("ref", "refs", "other"):
            value = ref
        elif param.name in OF_ROWS:
            value = ids.get(OF_ROWS[param.name], "nothing")
        elif param.name in ("file", "files", "claims", "rows", "proof", "document", "order"):
            value = str(paper)
        elif param.name == "out":
            value = str(folder / "new.out")
        words += [value] if is_argument else [param.opts[0], *([value] if value else [])]
    return words


LISTS = (
    ("list",), ("list", "--all"), ("list", "--filter", "quux"), ("find", "quux"),
    ("find", VICTIM, "--name"), ("find", NUMBER), ("find", "4321"), ("find", PAYMENT),
    ("changes", "--hours", "999"), ("approve",), ("deadlines",), ("group",), ("xborder", "list"),
    ("incoming", "list"), ("report", "rates"), ("process", "map"), ("restrict",),
    ("partner", "list"), ("partner", "show", "bank-home"), ("audit", "verify"),
    ("ledger", "check"), ("reconcile",), ("authorities",), ("channels",), ("doctor",),
    ("officer", "list"), *(("tui", "--plain", "--screen", s) for s in SCREENS if s not in OF_ONE),
)  # fmt: skip
OF_THE_OTHER = (
    ("show",), ("multi-agency", "show"), ("privacy", "report"), ("letter", "list"), ("trace",),
    ("victim", "due"), ("group",), ("process", "map"), ("channels",), ("claim", "list"),
    *(("tui", "--plain", "--screen", s, "--recovery") for s in OF_ONE),
)  # fmt: skip


def without_typed(text: str, words: tuple[str, ...]) -> str:
    """What was answered, without the words that were typed."""
    return text.replace(repr(words[1]), "") if words[0] == "find" else text


@pytest.mark.parametrize("who", ["lin", OTHER_SUPERVISOR])
def test_no_list_search_or_figure_tells_of_it_and_a_members_does(
    world: Restricted, run: Any, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    betrayed, shown = {}, set()
    tried = (*LISTS, *((*words, world.seen) for words in OF_THE_OTHER))
    for form in ((), ("--json",)):
        for words in tried:
            monkeypatch.setenv("RECOVERY_SECURITY__OFFICER", who)
            said = run(*words, *form)
            told = world.told(without_typed(said.out + said.err, words))
            if told:
                betrayed[(*words, *form)] = told
            monkeypatch.setenv("RECOVERY_SECURITY__OFFICER", MEMBERS)
            if world.ref in without_typed(run(*words, *form).out, words):
                shown.add(words[-1])
    assert betrayed == {}
    assert {"list", "--all", "quux", NUMBER, PAYMENT, "approve", "deadlines", "restrict"} <= shown
    assert {"now", "approvals"} <= shown


def test_its_reference_is_answered_by_every_command_as_one_that_was_never_given_out(
    world: Restricted, run: Any, tmp_path: Path
) -> None:
    ids, before = world.ids(), list(world.rows())
    nothing = {table: name[:-3] + "xyz" for table, name in ids.items()}
    wrong, tried = {}, 0
    for words, command in leaves(command_line()):
        more = [str(tmp_path / "paper.txt") if w == "PAPER" else w for w in MORE.get(words, [])]
        real = [*given(command, world.ref, ids, tmp_path), *more]
        unreal = [*given(command, UNKNOWN, nothing, tmp_path), *more]
        if real == unreal:
            continue
        tried += 1
        said, expected = run(*words, *real), run(*words, *unreal)
        texts = [one.out + one.err for one in (said, expected)]
        for one, other in zip(real, unreal, strict=True):
            texts = [text.replace(one, "…").replace(other, "…") for text in texts]
        if (said.code, texts[0]) != (expected.code, texts[1]):
            wrong[words] = (said, expected)
        is_ours = "ref" in {p.name for p in command.params} and words not in OF_OTHERS
        if is_ours and "there is no recovery" not in said.err + said.out:
            wrong[words] = (real, said, "it did not look for the recovery")
    assert not wrong, "\n".join(f"{words}: {what}" for words, what in wrong.items())
    assert tried > 90
    assert list(world.rows()) == before
    assert not (tmp_path / "new.out").exists()


def test_a_screen_as_text_of_it_is_refused_and_a_member_reads_it(
    world: Restricted, run: Any
) -> None:
    for screen in OF_ONE:
        words = ("tui", "--plain", "--screen", screen, "--recovery", world.ref)
        assert run(*words).sentence().startswith(f"there is no recovery {world.ref}")
        assert world.ref in run(*words, "--as", MEMBERS).out


def test_a_figure_says_that_it_is_without_a_restricted_recovery_and_whom_to_ask(
    world: Restricted, run: Any
) -> None:
    assert (
        "Figures without 1 restricted recovery that you do not see: ask both"
        in run("report", "rates").out
    )
    assert "CNY 1,000.00 reported" in run("report", "rates").out
    assert world.ref in run("restrict", "--as", MEMBERS).out
    assert "without 1 restricted recovery that you do not see: ask both" in run("restrict").out


def test_whoever_sends_to_the_same_account_is_told_that_a_restricted_recovery_wants_it(
    world: Restricted, run: Any
) -> None:
    said = run("show", world.seen).out
    assert "the account is also in another, restricted recovery: ask both" in said
    merged = run("merge", world.seen, world.ref).sentence()
    assert merged.startswith(f"there is no recovery {world.ref}")
    by_member = run("merge", world.seen, world.ref, "--as", MEMBERS).sentence()
    assert by_member.startswith("a restricted recovery is not merged: lift its restriction first")


def test_it_is_lifted_changed_and_given_only_by_two_who_see_it(world: Restricted, run: Any) -> None:
    unit = world.unit
    alone = run("restrict", world.ref, "--lift", "--reason", "over", "--as", OTHER_SUPERVISOR)
    assert alone.sentence().startswith(f"there is no recovery {world.ref}")
    asked = run(
        "restrict", world.ref, "--add", "lin", "--reason", "helps", "--as", "both", "--json"
    )
    change = asked.json()["change"]
    assert change not in run("approve").out
    assert "decided by a supervisor or a member" in run("approve", change).sentence()
    assert "a second person has to" in run("approve", change, "--as", "both").sentence()
    assert run("list").out.count("R-") == 1
    assert run("approve", change, "--as", "chen").code == 0
    assert world.ref in run("list").out
    said = run("assign", world.ref, "--to", "lin", "--as", "both")
    assert "lin is in charge" in said.out
    restrict(run, world.ref, "--remove", "lin")
    assert world.ref in run("list").out  # he is its case officer
    assert "in charge" in run("assign", world.ref, "--to", "both", "--as", "chen").out
    assert world.ref not in run("list").out
    given_away = run("assign", world.ref, "--to", "lin", "--as", "chen")
    assert "this recovery is restricted, and lin does not see it" in given_away.out
    restrict(run, world.ref, "--lift")
    assert world.ref in run("list").out
    assert run("audit", "verify").code == 0
    assert unit.one("SELECT count(*) FROM restriction WHERE state = 'ended'") == 1


def test_a_row_of_it_that_was_changed_by_hand_is_found_without_telling_of_it(
    world: Restricted, run: Any
) -> None:
    world.unit.tamper(
        f"UPDATE claim SET reported_minor = 77777778 WHERE recovery_id = '{world.recovery_id}'"
    )
    said = run("audit", "verify")
    assert said.code == 5
    assert "a row of a restricted recovery is not as it was left: ask both" in said.out
    assert world.told(said.out) == []
    assert world.told(run("audit", "verify", "--json").out) == []


def test_what_comes_from_outside_reaches_it_by_whoever_enters_it_and_tells_him_nothing(
    world: Restricted, run: Any
) -> None:
    told = run(
        "incoming", "add", "--from", "FR", "--by", "Invented Tribunal", "--their-ref", "FR-1",
        "--channel", "mla", "--want", "evidence", "--basis", "UNCAC, art 46", "--purpose",
        "an invented trial", "--law", "CN", "--bank", "bank-home", "--account", "9999000000000001",
    )  # fmt: skip
    assert told.code == 0, told.err
    assert f"the account is in {world.seen}, a restricted recovery (ask both)" in told.out
    again = world.unit.row(
        7, external_ref="ANOTHER", victim_account=NUMBER, amount="777777.77",
        end_to_end_id=PAYMENT, victim_name=VICTIM,
    )  # fmt: skip
    said = run("intake", "reports", str(world.unit.file_of(again)))
    assert "is already reported as a restricted recovery" in said.out + said.err
    assert world.ref not in said.out + said.err
    same = run("intake", "reports", str(world.unit.file_of({**again, "external_ref": REPORT})))
    assert world.ref not in same.out + same.err


def test_who_sees_it_stays_two_people_and_a_supervisor(world: Restricted, run: Any) -> None:
    for words in (
        ("--remove", "lin"),
        ("--add", "both"),
        ("--add", "nobody"),
        ("--member", "lin"),
    ):
        said = run("restrict", world.ref, *words, "--reason", "x", "--as", "both")
        assert said.code != 0, words
        assert said.sentence()
    for words, sentence in (
        (("--lift",), "takes a reason"), ((), "name one of --member"),
        (("--lift", "--add", "lin", "--reason", "x"), "name one of --member"),
        (("--list",), "--list stands alone"),
    ):  # fmt: skip
        assert sentence in run("restrict", world.ref, *words, "--as", "both").sentence()
    assert (
        "takes the role supervisor"
        in run("restrict", world.seen, "--member", "lin", "--reason", "x").sentence()
    )
    assert run("assign", "--all-of", "both", "--to", "lin", "--as", "chen").code == 3
    gone = run("officer", "dismiss", "both", "--as", "chen")
    assert "in charge of open recoveries (1)" in gone.sentence()
