"""The one spelling that digests and seals are over is that of Python's own encoder."""

from __future__ import annotations

import json

from hypothesis import given, strategies as st

from models.ids import canonical

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
)


@given(value=_VALUES)
def test_the_spelling_of_a_value_is_that_of_the_encoder(value: object) -> None:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        return
    assert canonical(value) == text.encode()
