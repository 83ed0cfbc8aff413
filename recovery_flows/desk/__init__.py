"""The desk: what people do. Read the file, decide by rule, record in one transaction."""

from recovery_flows.desk.desk import Desk, NobodyActsError, wall_clock

__all__ = ["Desk", "NobodyActsError", "wall_clock"]
