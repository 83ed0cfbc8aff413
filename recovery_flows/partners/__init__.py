"""Banks and others that the unit talks to: register, response times, contacts."""
