"""All groups of commands, attached to one app."""

from __future__ import annotations

import typer

from recovery_flows.cli import doctor, officer, process_map, processes, serve, setup, verify
from recovery_flows.cli.case import (
    actions,
    approve,
    assign,
    authorities,
    channels,
    deadlines,
    discrepancy,
    document,
    group_figures,
    hold,
    incoming,
    letter,
    multi_agency,
    privacy,
    reveal,
    show,
    stop,
    tracing_rule,
    xborder,
)
from recovery_flows.cli.intake import command as intake
from recovery_flows.cli.partner import command as partner
from recovery_flows.cli.restitution import (
    allocate,
    claim,
    clawback,
    court_list,
    objection,
    recall,
    rounds,
    third_party,
    unclaimed,
    victim,
    voluntary,
)
from recovery_flows.cli.trace import command as trace

EXIT_CODES = (
    "Exit codes: 0 done, 1 unexpected, 2 misuse, 3 refused, 4 not available, 5 disagreement. "
    "The data folder is RECOVERY_DATA_DIR."
)


def attach(app: typer.Typer) -> None:
    """Attach every group, in the order in which a unit needs them."""
    # Plain text: it is read in pipes and logs too, and drawing boxes costs a tenth of a second.
    app.rich_markup_mode = None
    app.info.epilog = EXIT_CODES
    for group in (
        setup,
        doctor,
        officer,
        partner,
        intake,
        show,
        reveal,
        privacy,
        process_map,
        deadlines,
        group_figures,
        trace,
        allocate,
        stop,
        actions,
        assign,
        discrepancy,
        hold,
        channels,
        authorities,
        xborder,
        incoming,
        multi_agency,
        letter,
        document,
        tracing_rule,
        claim,
        objection,
        voluntary,
        unclaimed,
        clawback,
        court_list,
        third_party,
        recall,
        rounds,
        victim,
        approve,
        processes,
        serve,
        verify,
    ):
        group.attach(app)
