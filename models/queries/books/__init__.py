"""Reading ledger accounts, bookings and holds over time."""
