"""Commands about requests abroad."""
