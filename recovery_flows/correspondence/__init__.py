"""What is sent to partners and what they answer, by interface or by letter."""
