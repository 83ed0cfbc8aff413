"""The rules by which a pool is given back: pure functions, one module a family."""
