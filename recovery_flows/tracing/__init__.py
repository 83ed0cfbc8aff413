"""Where the money went: stored bookings traced, accounts found, the trace shown."""
