"""What is due by whom, one subject a file; `cases.deadlines` puts it together."""
