"""The Prefect server of our own and its settings."""
