"""A report as somebody pasted or typed it: text to the same fact as a complaint file gives."""
