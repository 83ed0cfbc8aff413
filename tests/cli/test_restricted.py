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
    VICTIM,
    Restricted,
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
    ("partner", "list"), ("partner", "show", "bank-home"), ("audit", "verify"), ("audit", "list"),
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


@pytest.mark.parametrize("who", ["lin", OTHER_SUPERVISOR])
def test_its_reference_is_answered_by_every_command_as_one_that_was_never_given_out(
    world: Restricted, run: Any, tmp_path: Path, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOVERY_SECURITY__OFFICER", who)
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
