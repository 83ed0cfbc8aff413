"""Figures for people: each says what it measures."""
