"""The demo: a synthetic world, scripted people, a case clock that jumps; the rest is real."""
