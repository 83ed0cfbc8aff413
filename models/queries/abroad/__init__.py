"""Reads of what is asked across borders, over all recoveries."""
