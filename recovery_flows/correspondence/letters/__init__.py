"""Partners without an interface: printed, sent and answered by people."""
