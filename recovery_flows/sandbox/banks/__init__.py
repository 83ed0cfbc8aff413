"""The banks of the sandbox: their book, their interface, their own rules."""
