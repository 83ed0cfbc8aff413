"""Commands about recoveries."""
