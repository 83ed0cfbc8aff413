"""The audit of the pins: what is known is named, what was not asked is never taken for a yes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.checks import audit

NOW = datetime.now(UTC).isoformat()
CLOSED = "http://127.0.0.1:9/v1/query"


@pytest.fixture
def pinned(tmp_path: Path) -> Path:
    path = tmp_path / "constraints.txt"
    path.write_text("# pins\nWeak_Thing==1.5.0\nsound-thing==2.0\n", encoding="utf-8")
    return path


def record(number: int, *events: dict[str, str], **more: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}]
    package = {"name": "weak.thing", "ecosystem": "PyPI"}
    affected = [{"package": package, "ranges": ranges}]
    return {"id": f"PYSEC-SYN-{number}", "modified": NOW, "affected": affected, **more}


def folder_of(place: Path, *told: dict[str, Any]) -> Path:
    folder = place / "vulns" / "weak-thing"
    folder.mkdir(parents=True)
    for one in told:
        (folder / f"{one['id']}.yaml").write_text(yaml.safe_dump(one), encoding="utf-8")
    return place / "vulns"


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([{"introduced": "0"}, {"fixed": "1.5.1"}], 1),
        ([{"introduced": "0"}, {"fixed": "1.5"}], 0),
        ([{"introduced": "1.6"}], 0),
        ([{"introduced": "0"}, {"last_affected": "1.5"}], 1),
        ([{"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "1.4"}, {"fixed": "1.10"}], 1),
    ],
)
def test_a_pin_within_what_a_record_names_fails_the_check(
    tmp_path: Path, pinned: Path, capsys: Any, events: list[dict[str, str]], code: int
) -> None:
    folder = folder_of(tmp_path, record(1, *events))
    assert audit.main(["--advisories", str(folder), "--pins", str(pinned)]) == code
    assert ("weak-thing 1.5.0: PYSEC-SYN-1" in capsys.readouterr().out) == bool(code)


def test_a_record_that_lists_versions_or_was_withdrawn_is_read_so(
    tmp_path: Path, pinned: Path
) -> None:
    listed, taken_back = record(1), record(2, {"introduced": "0"}, withdrawn=NOW)
    listed["affected"][0] |= {"versions": ["1.5.0"], "ranges": []}
    folder = folder_of(tmp_path, listed, taken_back)
    assert audit.in_folder(folder, audit.pins(pinned)) == ["weak-thing 1.5.0: PYSEC-SYN-1"]


def test_old_records_are_no_audit(tmp_path: Path, pinned: Path, capsys: Any) -> None:
    old = record(1, {"introduced": "9"}) | {"modified": "2024-10-10T00:00:00Z"}
    words = ["--advisories", str(folder_of(tmp_path, old)), "--pins", str(pinned)]
    assert audit.main(words) == 0
    assert audit.main([*words, "--required"]) == 4
    told = capsys.readouterr().out
    assert told.count("NOT AUDITED: 2 pinned packages. the newest record") == 2
    assert "2024-10-10" in told


def test_where_nobody_can_be_asked_it_is_said_loudly(pinned: Path, capsys: Any) -> None:
    words = ["--osv-url", CLOSED, "--pins", str(pinned)]
    assert audit.main(words) == 0
    assert audit.main([*words, "--required"]) == 4
    assert capsys.readouterr().out.count("NOT AUDITED") == 2


class Osv(BaseHTTPRequestHandler):
    """Knows one weakness of one package."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = asked["package"]["name"].replace("_", "-").lower() == "weak-thing"
        one = record(7, {"introduced": "0"}, summary="x", details="x", aliases=[])
        one["affected"][0]["package"]["name"] = asked["package"]["name"]
        raw = json.dumps({"vulns": [one]} if known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def osv() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Osv)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    server.server_close()


def test_what_pip_audit_is_told_fails_the_check(osv: str, pinned: Path, capsys: Any) -> None:
    assert audit.main(["--osv-url", osv, "--pins", str(pinned)]) == 1
    assert "1.5.0: PYSEC-SYN-7" in capsys.readouterr().out
    pinned.write_text("sound-thing==2.0\n", encoding="utf-8")
    assert audit.main(["--osv-url", osv, "--pins", str(pinned), "--required"]) == 0


def test_every_line_of_the_pins_is_read() -> None:
    lines = [line for line in audit.PINS.read_text("utf-8").splitlines() if line[:1].isalnum()]
    assert sum(map(len, audit.pins().values())) == len(lines) > 100
