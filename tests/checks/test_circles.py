"""No circle of imports between files, and none hidden behind a check of types."""

from graphlib import CycleError, TopologicalSorter

import grimp

PACKAGES = ("recovery_flows", "models", "tui", "config")


def arrows() -> dict[str, set[str]]:
    """Every module with the modules that it imports, at the top, in functions and for types."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=False, cache_dir=None)
    return {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}


def circle(of: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(of).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_file_imports_itself_by_way_of_others() -> None:
    found = arrows()
    assert len(found) > 300
    assert circle(found) == [], " -> ".join(circle(found))


def test_a_circle_is_found() -> None:
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
