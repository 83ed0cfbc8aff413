"""The law of a country as values: rows with their sources, terms, figures, the return ladder."""
