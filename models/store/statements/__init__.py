"""Bookings of banks as they are stored: each one once, whichever statement told it."""
