"""A trace on files alone, with no recovery and no database."""
