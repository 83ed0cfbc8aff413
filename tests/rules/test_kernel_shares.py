import pytest

np = pytest.importorskip("numpy", reason="the extra `fast` is not installed")
pytest.importorskip("numba", reason="the extra `fast` is not installed: no kernel to test")


def test_nothing_is_lost_when_the_parts_do_not_divide() -> None:
    from recovery_flows.tracing.kernel.shares import apportioned

    assert apportioned(np.array([33.333, 33.333, 33.333]), 100).tolist() == [34, 33, 33]
    assert apportioned(np.array([1e-13, 9.9999999]), 10).tolist() == [0, 10]
