"""Signs between parts that have no words of their own are those of the language."""

from __future__ import annotations

from models.language.catalogue import Language
from models.language.phrase import joined, phrase
from models.language.shown import worded
from recovery_flows.wording import spoken


def test_a_list_and_what_is_called_something_have_chinese_signs_and_sums_keep_theirs() -> None:
    told = phrase("{what}: {told}", what=spoken("hold"), told=joined(", ", ["a", "b, c"]))
    assert worded(told, Language.CHINESE) == "控制措施：a、b, c"
    assert worded(told, Language.ENGLISH) == "hold: a, b, c"
    assert worded(phrase("{sum:,}", sum=1_000), Language.CHINESE) == "1,000"
    literal = joined("; ", ["{a}", "b"])
    assert worded(literal, Language.CHINESE) == "{a}；b"
