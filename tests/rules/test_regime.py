import copy
from collections.abc import Callable
from typing import Any

import pytest

from config.regimes import read_regime, regime_codes
from models.money import Money
from recovery_flows.law.in_use import RegimesInUse
from recovery_flows.law.regime import load_regime
from recovery_flows.law.rows import Measure, SourceText, Status

Spoil = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize("code", regime_codes())
def test_every_regime_that_comes_with_the_program_loads(code: str) -> None:
    regime = load_regime(read_regime(code))
    assert regime.code == code
    assert all(row.instrument and row.article for row in regime.rows.values())


def test_a_stop_in_china_runs_48_hours_and_repeats_twice_with_its_doubt_written_down() -> None:
    stop = load_regime(read_regime("CN")).stop
    assert (stop.code, str(stop.limit), stop.repeats) == ("CN_STOP_48H", "48h", 2)
    assert stop.source_text is SourceText.SECONDARY
    assert "unverified" in stop.note


def test_a_units_own_rule_is_never_marked_as_confirmed_law() -> None:
    for code in regime_codes():
        regime = load_regime(read_regime(code))
        rows = [*regime.rows.values(), *regime.figures.values()]
        own = [row for row in rows if row.instrument == "unit's own rule"]
        assert all(row.status is Status.UNVERIFIED for row in own)


@pytest.mark.parametrize(
    ("measure", "limit"),
    [
        (Measure.STOP, "48h"),
        (Measure.CONFIRMATION, "2h"),
        (Measure.FREEZE, "6mo"),
        (Measure.FREEZE_MAJOR, "1y"),
        (Measure.UNRELATED_RELEASE, "3d"),
        (Measure.NOTICE, "30d"),
        (Measure.BANK_RETURN, "3wd"),
    ],
)
def test_a_measure_finds_its_clock(measure: Measure, limit: str) -> None:
    assert str(load_regime(read_regime("CN")).measure(measure).limit) == limit


def test_typed_accessors_give_the_figures_a_flow_needs() -> None:
    china = load_regime(read_regime("CN"))
    assert china.minimum_worth("CNY") == Money(2_000, "CNY")
    assert china.minimum_worth("GBP") == Money(0, "GBP")
    assert china.maximum_hops == 6
    assert china.freeze_reminder_hours == (720, 336, 168, 72, 24)
    assert china.stop_reminder_hours == (24, 12, 6, 2)
    assert (china.monitoring_days, china.monitoring_intervals_days) == (90, (1, 1, 2, 4, 7))
    assert [step.code for step in china.ladder] == ["direct", "timestamp", "pro_rata", "waterfall"]
    assert {"account", "order_copy", "facts"} <= set(china.required_fields("mla"))
    assert "NO_NEXUS" in china.grounds


def test_each_regime_ranks_claims_on_a_short_estate_and_says_what_it_read() -> None:
    china, britain = (load_regime(read_regime(code)).priorities for code in ("CN", "GB"))
    confirmed = [row.code for row in china if row.status is Status.CONFIRMED]
    assert confirmed == ["medical", "victims", "others", "fine", "confiscation"]
    assert {row.article for row in china if row.status is Status.CONFIRMED} == {"art 13"}
    assert [(row.code, row.status) for row in britain] == [
        ("costs", "unverified"), ("victims", "unverified"), ("others", "unverified"),
    ]  # fmt: skip


def test_a_country_without_a_measure_says_so_by_name() -> None:
    britain = load_regime(read_regime("GB"))
    assert not britain.has(Measure.STOP)
    with pytest.raises(LookupError, match="GB does not know the measure stop"):
        _ = britain.stop
    with pytest.raises(LookupError, match="no channel igrip"):
        britain.required_fields("igrip")
    assert britain.minimum_worth("GBP") == Money(100_000, "GBP")


def test_an_unknown_regime_names_those_there_are() -> None:
    with pytest.raises(LookupError, match="CN, GB"):
        read_regime("XX")


def _drop(field: str) -> Spoil:
    return lambda law: law["row"][0].pop(field)


def _put(field: str, value: object) -> Spoil:
    return lambda law: law["row"][0].update({field: value})


def _put_worth(values: object) -> Spoil:
    return lambda law: next(
        figure for figure in law["figure"] if figure["code"] == "CN_MINIMUM_WORTH"
    ).update(values=values)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_drop("instrument"), "CN_STOP_48H: field 'instrument' is missing"),
        (_drop("article"), "CN_STOP_48H: field 'article' is missing"),
        (_put("article", " "), "CN_STOP_48H, field 'article'"),
        (_put("limit", "48 hours"), "CN_STOP_48H, field 'limit': limit '48 hours'"),
        (_put("limit", "0d"), "limit '0d'"),
        (_put("status", "sure"), "CN_STOP_48H, field 'status'"),
        (_put("repeats", -1), "CN_STOP_48H, field 'repeats'"),
        (_put("colour", "red"), "CN_STOP_48H: field 'colour' is not known"),
        (_put("code", "CN_STOP_CONFIRM"), "CN_STOP_CONFIRM: the code is used twice"),
        (lambda law: law.pop("calendar"), "regime: field 'calendar' is missing"),
        (lambda law: law.update(time_zone="Asia/Nowhere"), "there is no zone 'Asia/Nowhere'"),
        (lambda law: law["measures"].update(stop="CN_NONE"), "field 'stop'.*no row 'CN_NONE'"),
        (_put_worth(["1.234"]), "CN_MINIMUM_WORTH, field 'values'"),
        (lambda law: law["step"][0].update(needs_notice="no"), "direct, field 'needs_notice'"),
    ],
)
def test_a_spoiled_regime_is_refused_with_row_and_field(spoil: Spoil, words: str) -> None:
    law = copy.deepcopy(read_regime("CN"))
    spoil(law)
    with pytest.raises(ValueError, match=words):
        load_regime(law)


def test_a_law_is_read_when_it_is_asked_for_and_only_once() -> None:
    read: list[str] = []

    def reading(code: str) -> dict[str, Any]:
        read.append(code)
        return read_regime(code)

    laws = RegimesInUse(("CN", "GB"), reading)
    assert list(laws) == ["CN", "GB"]
    assert "GB" in laws
    assert laws.get("XX") is None
    assert read == []
    assert laws["GB"] is laws["GB"]
    assert read == ["GB"]
