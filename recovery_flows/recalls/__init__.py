"""Payments called back from bank to bank: asked for, answered, and the money that came back."""
