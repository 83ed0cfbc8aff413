"""One filter stands between text from outside and a terminal, a letter or the register."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from models.safe_text import REPLACEMENT, misleads, safe, steers, steers_or_hides

OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
ROOT = Path(__file__).parents[2]


def test_every_control_format_and_separator_character_of_unicode_is_shown_as_a_sign() -> None:
    through = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in OBEYED
        and safe(chr(code)) != ("" if chr(code) in DIRECTIONS else REPLACEMENT)
    ]
    assert through == []


def test_letters_digits_and_marks_of_any_script_are_left_as_they_are() -> None:
    text = "Ægir O’Neill-Łuków 张伟 नमस्ते 1,234.50 · ✓ 👍"
    assert safe(text) == text
    assert not steers_or_hides(text)


@pytest.mark.parametrize("code", [0x0A, 0x1B, 0x9B, 0x202E, 0x2066, 0x061C, 0xD800])
def test_what_moves_or_reorders_is_refused_at_intake_too(code: int) -> None:
    assert steers(f"A{chr(code)}B")


def test_a_joiner_inside_a_persian_name_is_taken_in_and_shown_as_a_sign() -> None:
    name = "می\u200cرود"
    assert not steers(name)
    assert safe(name) == f"\u2068می{REPLACEMENT}رود\u2069"


@pytest.mark.parametrize(
    "name", ["דוד כהן", "\u200fדוד כהן\u200f", "\u202bדוד כהן\u202c", "محمد علي"]
)
def test_a_right_to_left_name_is_kept_and_shown_isolated_from_the_figures_beside_it(
    name: str,
) -> None:
    assert not misleads(name)
    shown = safe(f"{name} 100.00 EUR")
    assert shown == f"\u2068{name.strip(DIRECTIONS)}\u2069 100.00 EUR"
    assert safe(shown) == shown


@pytest.mark.parametrize("code", [0x202D, 0x202E, 0x0A, 0x1B, 0xD800])
def test_what_overrides_the_order_of_letters_is_refused_in_a_name_too(code: int) -> None:
    assert misleads(f"A{chr(code)}B")


@given(st.text(alphabet=f"ab 1א{DIRECTIONS}\u202e", max_size=20))
def test_what_is_shown_has_only_isolates_that_end_and_none_within_another(text: str) -> None:
    shown = safe(text)
    assert re.fullmatch("([ab 1\ufffd]|\u2068[ab 1\ufffdא]*א[ab 1\ufffdא]*\u2069)*", shown)
    assert safe(shown) == shown


def test_no_other_file_of_the_program_has_a_filter_of_its_own() -> None:
    listing = subprocess.run(
        ["git", "grep", "-lE", r"unicodedata\.category|def safe\(", "--", "*.py", ":!tests"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert listing.stdout.split() == ["models/safe_text.py"]
