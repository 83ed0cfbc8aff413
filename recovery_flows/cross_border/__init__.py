"""Requests across a border: drafted, completed, sent when approved."""
