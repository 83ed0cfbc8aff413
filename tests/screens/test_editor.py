"""`ctrl+o` in a note: an editor of one's own, refused where it would run as somebody else."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from recovery_flows.errors import MisuseError, RefusedError
from tui.screens.looks import editor


def _left_behind(folder: Path) -> list[Path]:
    return list(folder.glob("note-*"))


async def test_a_note_is_written_in_an_editor_of_ones_own_and_nothing_of_it_is_left(
    unity: Any, wait: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, traced: str
) -> None:
    monkeypatch.setattr(editor, "_MEMORY", tmp_path)
    script = tmp_path / "editor.sh"
    script.write_text('#!/bin/sh\ncp "$2" "$1.seen"\nprintf "and more\\nof it\\n" >> "$2"\n')
    script.chmod(0o700)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    app = unity.app("li", recovery_id=traced, start_screen="recovery")
    monkeypatch.setattr(app, "suspend", nullcontext)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "Accounts and holds")
        await pilot.press("w", *"begun ", "ctrl+o")
        await wait(pilot, app, "no editor is set: set VISUAL or EDITOR")
        monkeypatch.setenv("EDITOR", "false")
        await pilot.press("ctrl+o")
        await wait(pilot, app, "the editor ended with 1: the text is as it was", "begun")
        monkeypatch.setenv("EDITOR", f"{script} {script}")
        await pilot.press("ctrl+o")
        await wait(pilot, app, "begun and more", "of it")
        await pilot.press("ctrl+s")
        await wait(pilot, app, "R-2026-0001: ")
        assert app.source.page(traced).notes[0].text == "begun and more\nof it"
    assert (tmp_path / "editor.sh.seen").read_text() == "begun "
    assert _left_behind(tmp_path) == []


def test_behind_a_service_an_editor_is_refused_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(editor, "is_served", lambda: True)
    with pytest.raises(RefusedError, match="would run as the unit's user"):
        editor.editor_of({"EDITOR": "vi"})


def test_an_editor_that_cannot_be_run_leaves_the_text_as_it_was() -> None:
    with pytest.raises(MisuseError, match="cannot be run"):
        editor.edited("text", ["/nowhere/editor"])
    assert editor.editor_of({"EDITOR": "vi", "VISUAL": "code --wait"}) == ["code", "--wait"]
    with pytest.raises(MisuseError, match="no editor is set"):
        editor.editor_of({"EDITOR": "'"})
