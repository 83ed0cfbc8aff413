"""S16, W16: requests by several channels are drafted by one act, each with what it asks for."""

from __future__ import annotations

from typing import Any

import pytest

from recovery_flows.cli.border import request_templates, state_groups, template_of
from recovery_flows.correspondence.abroad.drafting import Given
from recovery_flows.correspondence.abroad.side_by_side import SideBySide, draft_all
from recovery_flows.cross_border.templates import load_templates
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.reports.process_map import CODES
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import APPROVALS, Abroad

FIELDS = {**dict.fromkeys(APPROVALS, "SYN-1"), "beneficiary_bank": "Synthetic Bank Abroad"}


def by_template(abroad: Abroad, code: str = "hold_and_trace", **given: Any) -> SideBySide:
    fields = given.pop("fields", FIELDS)
    return draft_all(
        abroad.unit.case_officer(), abroad.recovery_id, template_of(code),
        Given(channel="", fields=fields, **given), CHANNELS, state_groups(),
    )  # fmt: skip


def test_one_act_drafts_a_request_by_each_channel_with_the_fields_that_it_asks_for(
    abroad: Abroad,
) -> None:
    made = by_template(abroad)
    rows = [abroad.row(name) for name in made.drafted]
    assert [(r.channel, r.wanted) for r in rows] == [
        ("igrip", "freeze"), ("egmont", "information"), ("mla", "evidence"),
    ]  # fmt: skip
    assert made.left_out == ()
    assert rows[0].missing == ""
    assert "beneficiary_bank" not in rows[1].asked
    assert all("central_authority_reference" not in r.missing for r in rows)


def test_what_is_asked_already_and_what_is_not_open_is_left_out_and_named(abroad: Abroad) -> None:
    name = abroad.new("egmont", wanted="information")
    made = by_template(abroad)
    assert [abroad.row(one).channel for one in made.drafted] == ["igrip", "mla"]
    (left,) = made.left_out
    assert left.startswith("egmont for ")
    assert left.endswith(f"{name} is draft")
    with pytest.raises(StepRefusedError, match=r"nothing was drafted; eu_freeze .*CN cannot ask"):
        by_template(abroad, "union_hold", fields={})


def test_a_field_that_nobody_asks_for_drafts_nothing(abroad: Abroad) -> None:
    before = len(abroad.unit.file(abroad.recovery_id).requests)
    with pytest.raises(MisuseError, match=r"--field colour: none of igrip, egmont, mla asks for"):
        by_template(abroad, fields={**FIELDS, "colour": "red"})
    assert len(abroad.unit.file(abroad.recovery_id).requests) == before


def test_each_template_names_channels_that_give_the_help_and_links_that_there_are() -> None:
    found = request_templates()
    assert len(found) >= 3
    for template in found.values():
        assert set(template.together) <= set(CODES)
    with pytest.raises(
        MisuseError, match=r"--template 'none': there are give_back, hold_and_trace"
    ):
        template_of("none")


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ({"channel": "none", "want": "freeze"}, "one: there is no channel 'none'"),
        ({"channel": "egmont", "want": "freeze"}, "one: egmont does not give freeze"),
        ({"channel": "igrip", "want": "gold"}, "one.request.1.want: Input should be"),
    ],
)
def test_a_wrong_template_is_named(part: dict[str, str], why: str) -> None:
    good = {"channel": "igrip", "want": "freeze"}
    table = {"one": {"name": "x", "together": ["abroad"], "request": [good, part]}}
    with pytest.raises(ValueError, match=rf"^templates.toml: {why}"):
        load_templates(table, CHANNELS)
