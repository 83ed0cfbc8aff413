"""`recovery document` and `recovery bundle`, as they are typed."""

from __future__ import annotations

import json
from typing import Any

import pytest


@pytest.fixture(name="ref")
def _ref(run: Any, unit: Any) -> str:
    assert run("intake", "reports", str(unit.file_of(unit.row(1)))).code == 0
    return str(run("list", "--json").json()["lines"][0]["ref"])


def test_documents_are_written_for_their_owner_and_never_over_a_file(
    run: Any, unit: Any, ref: str
) -> None:
    words = ("document", ref, "flow", "--format", "md", "--format", "json", "--out")
    said = run(*words, str(unit.folder))
    paths = [unit.folder / line.rsplit("/", 1)[-1] for line in said.out.splitlines()]
    assert [path.suffix for path in paths] == [".md", ".json"]
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o600, 0o600]
    assert json.loads(paths[1].read_text("utf-8"))["ref"] == ref
    again = run(*words, str(unit.folder))
    assert (again.code, "is not overwritten" in again.sentence()) == (2, True)


def test_what_has_no_document_yet_says_so(run: Any, ref: str) -> None:
    assert run("document", ref, "receipt").out == "there is no such document of it yet\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("bill",), "there is no document 'bill'"),
        (("flow", "--language", "xx"), "no documents in language 'xx'"),
        (("flow", "--format", "doc"), "--format: there is no 'doc'"),
    ],
)
def test_what_cannot_be_written_is_said_in_a_sentence(
    run: Any, ref: str, words: tuple[str, ...], says: str
) -> None:
    said = run("document", ref, *words)
    assert (said.code, says in said.sentence()) == (2, True)


def test_a_bundle_without_end_is_not_read_to_its_end(
    run: Any, unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recovery_flows.correspondence.returns.bundle.BYTES_MAX", 10)
    (unit.folder / "long.zip").write_bytes(bytes(11))
    said = run("bundle", "verify", str(unit.folder / "long.zip"))
    assert (said.code, "this is no bundle" in said.sentence()) == (2, True)
    said = run("bundle", "verify", "/dev/zero")
    assert (said.code, "it is a device" in said.sentence()) == (2, True)


def test_a_bundle_is_made_and_checked_with_the_key_that_the_unit_prints(
    run: Any, unit: Any, ref: str
) -> None:
    pytest.importorskip("typst", reason="the extra `pdf` is not installed")
    path, keys = unit.folder / "bundle.zip", unit.folder / "keys.json"
    assert "1 document, " in run("bundle", "make", ref, "--out", str(path)).out
    keys.write_text(run("partner", "key").out, encoding="utf-8")
    said = run("bundle", "verify", str(path), "--key", str(keys))
    assert said.out.endswith("every file is as its manifest says; signed with the given key\n")
    path.write_bytes(path.read_bytes().replace(b"flow", b"flew"))
    changed = run("bundle", "verify", str(path))
    assert changed.code == 5
    assert changed.out.count("is missing") == 3
