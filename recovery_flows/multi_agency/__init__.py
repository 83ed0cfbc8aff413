"""One incident asked of several partners at once: requests, answers, the status board."""
