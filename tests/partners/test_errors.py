from __future__ import annotations

import pytest

from models.facts import RawAnswer
from models.ids import CallId, PartnerId
from recovery_flows import errors

RAW = (RawAnswer(400, b"6222000011112222", "text/plain"),)
BANK = PartnerId("bank-a")
LEAVES = [
    (errors.UnfitArgumentError("since", "has no time zone"), 2, False),
    (errors.PartnerRefusedError(BANK, "NotFound", "6222000011112222", 404, RAW), 3, False),
    (errors.PartnerUnavailableError(BANK, "it hung up", 30, RAW), 4, True),
    (errors.OutcomeUnknownError(BANK, CallId("call-1"), "it hung up", RAW), 4, True),
    (errors.AnswerUnreadableError(BANK, "closing", "is missing", RAW), 5, False),
]


def walk(kind: type[Exception]) -> list[type[Exception]]:
    return [kind, *(leaf for child in kind.__subclasses__() for leaf in walk(child))]


@pytest.mark.parametrize(("error", "exit_code", "retryable"), LEAVES)
def test_every_leaf_says_its_exit_code_and_whether_to_try_again(
    error: errors.RecoveryFlowsError,
    exit_code: int,
    *,
    retryable: bool,
) -> None:
    assert (error.exit_code, error.retryable) == (exit_code, retryable)


@pytest.mark.parametrize("error", [leaf for leaf, _, _ in LEAVES])
def test_no_sentence_holds_what_a_partner_wrote(error: errors.RecoveryFlowsError) -> None:
    assert "6222" not in f"{error} {error!r}"


def test_the_tree_is_the_one_drawn() -> None:
    for kind in walk(errors.RecoveryFlowsError):
        if kind.__module__ == errors.__name__:
            assert kind.__name__ in (errors.__doc__ or "")


def test_a_sentence_names_the_call_and_what_to_do() -> None:
    assert str(LEAVES[3][0]) == (
        "what became of call call-1 at partner bank-a is not known (it hung up): "
        "ask by its key before sending it again"
    )
    assert str(LEAVES[2][0]) == "partner bank-a is not available: it hung up; not before 30 s"
