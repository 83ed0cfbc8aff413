"""Money that was paid by mistake, called back by an order of its own."""
