"""The desk: what people do. Read the file, decide by rule, record in one transaction."""

from recovery_flows.desk.clock import wall_clock
from recovery_flows.desk.desk import Desk
from recovery_flows.desk.log_in import NobodyActsError

__all__ = ["Desk", "NobodyActsError", "wall_clock"]
