"""The foreign side of a history: bodies of other States, third parties, victims who are told."""
