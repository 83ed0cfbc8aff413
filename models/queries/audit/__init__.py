"""Reading the history against what is there now."""
