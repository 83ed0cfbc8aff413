"""One filter stands between text from outside and a terminal, a letter or the register."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from models.safe_text import REPLACEMENT, safe, steers, steers_or_hides

OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
ROOT = Path(__file__).parents[2]


def test_every_control_format_and_separator_character_of_unicode_is_shown_as_a_sign() -> None:
    through = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in OBEYED and safe(chr(code)) != REPLACEMENT
    ]
    assert through == []


def test_letters_digits_and_marks_of_any_script_are_left_as_they_are() -> None:
    text = "Ægir O’Neill-Łuków 张伟 محمد नमस्ते 1,234.50 · ✓ 👍"
    assert safe(text) == text
    assert not steers_or_hides(text)


@pytest.mark.parametrize("code", [0x0A, 0x1B, 0x9B, 0x202E, 0x2066, 0x061C, 0xD800])
def test_what_moves_or_reorders_is_refused_at_intake_too(code: int) -> None:
    assert steers(f"A{chr(code)}B")


def test_a_joiner_inside_a_persian_name_is_taken_in_and_shown_as_a_sign() -> None:
    name = "می\u200cرود"
    assert not steers(name)
    assert safe(name) == name.replace("\u200c", REPLACEMENT)


def test_no_other_file_of_the_program_has_a_filter_of_its_own() -> None:
    listing = subprocess.run(
        ["git", "grep", "-lE", r"unicodedata\.category|def safe\(", "--", "*.py", ":!tests"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert listing.stdout.split() == ["models/safe_text.py"]
