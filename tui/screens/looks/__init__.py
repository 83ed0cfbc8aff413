"""Questions about what people look at."""
