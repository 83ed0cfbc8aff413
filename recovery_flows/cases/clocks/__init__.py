"""Deadlines of many recoveries: as their files tell them, and as they are kept for the lists."""
