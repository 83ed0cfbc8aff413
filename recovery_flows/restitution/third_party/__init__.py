"""Claims of people who are no victims on held accounts: decided, released or paid."""
