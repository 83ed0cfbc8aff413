"""What people do about claims of people who are no victims."""
