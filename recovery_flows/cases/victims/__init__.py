"""What people do about messages to victims."""
