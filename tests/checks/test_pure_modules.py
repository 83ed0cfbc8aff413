"""Decisions are pure: who touches a database, a network, Prefect or a screen is named here."""

import fnmatch

import grimp
import pytest

ROOMS = (
    "law", "ledger", "access", "approvals", "partners", "intake", "multi_agency", "freezing",
    "tracing", "cross_border", "recalls", "restitution", "correspondence", "cases", "reports",
)  # fmt: skip
OUTSIDE = {"prefect", "httpx", "sqlalchemy", "sqlmodel", "textual", "config", "models.engine"}
STORED = ("models.store", "models.queries")
# What is read, written or sent; every other module of a room decides on values alone.
TOUCHING = (
    "access.acting_officer", "access.log_in", "access.registers",
    "access.change_figures", "access.disclosures", "access.restrictions",
    "access.own_log_in", "access.password_log_in", "access.throttle",
    "partners.contacts", "partners.page", "partners.rbp1.*",
    "intake.bookings", "multi_agency.actions", "multi_agency.board", "freezing.actions",
    "tracing.case_trace", "tracing.comparison", "tracing.graph", "tracing.hops", "tracing.inputs",
    "tracing.page", "tracing.payments_from_holds", "tracing.actions",
    "cross_border.actions", "recalls.actions", "recalls.answer_actions",
    "correspondence.free_text", "correspondence.personal_texts",
    "correspondence.incoming.actions", "correspondence.incoming.reading",
    "correspondence.vouching", "correspondence.letters.actions",
    "correspondence.letters.answer_actions", "correspondence.letters.legal_grounds",
    "correspondence.letters.orders", "correspondence.letters.views",
    "correspondence.returns.reading", "correspondence.abroad.actions",
    "correspondence.abroad.drafting", "correspondence.abroad.files",
    "correspondence.abroad.message_actions", "correspondence.abroad.side_by_side",
    "cases.action_handlers", "cases.case_officer", "cases.claim_actions", "cases.claim_bookings",
    "cases.commit",
    "cases.deconfliction_check", "cases.discrepancy_actions",
    "cases.letter_effects", "cases.money_actions", "cases.objection_actions",
    "cases.report_and_stop", "cases.unclaimed.actions", "cases.clawbacks.actions",
    "cases.court_lists.actions", "cases.third_parties.actions",
    "cases.victims.actions", "cases.together.acts",
    "cases.clocks.*", "cases.pages.*",
    "cases.statement_files.*", "cases.trail.*", "cases.views.*",
    "reports.eight_weeks", "reports.ledger_check", "reports.statistics",
)  # fmt: skip


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    built = grimp.build_graph(
        "recovery_flows", "models", "tui", "config", include_external_packages=True,
        exclude_type_checking_imports=True, cache_dir=None,
    )  # fmt: skip
    # An entity's file holds its table too; a rule takes its states and its snapshot.
    for entity in ("models.columns", *built.find_descendants("models.entities")):
        for library in ("sqlmodel", "sqlalchemy"):
            if built.direct_import_exists(importer=entity, imported=library):
                built.remove_import(importer=entity, imported=library)
    return built


def modules(graph: grimp.ImportGraph, room: str) -> list[str]:
    name = f"recovery_flows.{room}"
    return sorted(m for m in graph.modules if m == name or m.startswith(f"{name}."))


def touches(graph: grimp.ImportGraph, module: str) -> bool:
    """Whether a module reaches, by whatever way, something that is not a value."""
    reached = graph.find_upstream_modules(module)
    return bool(reached & OUTSIDE) or any(m.startswith(STORED) for m in reached)


def is_named(module: str) -> bool:
    short = module.removeprefix("recovery_flows.")
    return any(fnmatch.fnmatch(short, name) for name in TOUCHING)


@pytest.mark.parametrize("room", ROOMS)
def test_a_module_of_a_room_is_pure_or_named(graph: grimp.ImportGraph, room: str) -> None:
    found = modules(graph, room)
    assert len(found) > 1
    assert [m for m in found if touches(graph, m) and not is_named(m)] == []


def test_no_name_outlives_its_reason(graph: grimp.ImportGraph) -> None:
    touching = [m for room in ROOMS for m in modules(graph, room) if touches(graph, m)]
    short = [m.removeprefix("recovery_flows.") for m in touching]
    assert [name for name in TOUCHING if not fnmatch.filter(short, name)] == []
