"""Questions about several lines that were marked."""
