"""What holds for every test of the suite."""

from hypothesis import HealthCheck, settings

# The same examples on each machine and each day: a failure is the change's, never the dice's. No
# limit of time either, since a busy machine is no defect. `bench.search_rules` throws new dice.
settings.register_profile(
    "fixed",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("fixed")
