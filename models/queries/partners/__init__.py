"""Reading the register of partners and what they are read for."""
