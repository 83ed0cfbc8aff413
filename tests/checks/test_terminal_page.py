"""`docs/terminal.md`: each of the 44 behaviours with the tests that prove it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (there|partly|not there) \| (.*) \|$", re.MULTILINE)


def test_every_behaviour_names_tests_that_exist_or_says_that_it_is_not_there() -> None:
    rows = ROW.findall((ROOT / "docs" / "terminal.md").read_text(encoding="utf-8"))
    assert [int(row[0]) for row in rows] == list(range(1, 45))
    for number, _, state, proof in rows:
        tests = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", proof)
        assert bool(tests) == (state != "not there"), number
        for file, name in tests:
            assert re.search(rf"def {name}\(", (ROOT / file).read_text(encoding="utf-8")), name
