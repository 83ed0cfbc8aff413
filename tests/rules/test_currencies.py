"""An account that payments tell in two currencies is traced as two, and told as one."""

from datetime import UTC, datetime, timedelta

from models.facts import LineKind
from recovery_flows.tracing.methods.currencies import purses
from recovery_flows.tracing.methods.rules import fifo
from recovery_flows.tracing.methods.types import Coverage, Source, Transfer

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def paid(name: str, payer: str, payee: str, *, debit: str, credit: str, of: int) -> Transfer:
    """A payment of 900 in CNY or 100 in GBP at either end."""
    minor = {"CNY": 900, "GBP": 100}
    return Transfer(
        name, START + timedelta(hours=of), of, payer, payee, LineKind.TRANSFER,
        minor[debit], debit, minor[credit], credit,
    )  # fmt: skip


GIVEN = (
    paid("told by both", "V", "F", debit="CNY", credit="GBP", of=1),
    paid("told by its payer", "M", "F", debit="CNY", credit="CNY", of=2),
    paid("spent", "F", "X", debit="GBP", credit="GBP", of=3),
)
SOURCES = (Source("told by both", "one", 900), Source("told by its payer", "two", 900))


def test_money_in_another_currency_stays_with_its_account_and_has_no_amount_there() -> None:
    apart = purses(GIVEN, {})
    coverage = apart.coverage([Coverage("F", START, END)])
    trace = apart.together(
        fifo.trace(apart.apart(GIVEN), SOURCES, (), coverage, as_of=END)
    )  # fmt: skip
    rests = {(p.account, p.claim_id): (p.amount_minor, p.claim_minor) for p in trace.positions}
    assert rests == {("X", "one"): (100, 900), ("F", "two"): (0, 900)}
    assert {hop.payee for hop in trace.hops} == {"F", "X"}
    assert trace.frontier == {"X"}


def test_the_own_currency_of_an_account_is_the_recorded_one_and_else_the_first_told() -> None:
    assert dict(purses(GIVEN, {}).names) == {("F", "CNY"): "F/CNY"}
    assert dict(purses(GIVEN, {"F": "CNY"}).names) == {("F", "GBP"): "F/GBP"}
    assert dict(purses(GIVEN, {"F": "JPY"}).names) == {("F", "CNY"): "F/CNY"}


def test_accounts_of_one_currency_are_left_as_they_are() -> None:
    given = GIVEN[:1] + GIVEN[2:]
    apart = purses(given, {})
    assert not apart.names
    assert apart.apart(given) == given
