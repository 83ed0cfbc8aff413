"""Requests from abroad: registered, acknowledged, answered or refused by two people."""
