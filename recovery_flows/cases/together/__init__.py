"""One act on several recoveries, each by itself."""
