"""Commands about the queue as a whole: what has changed in it, several of it at once."""
