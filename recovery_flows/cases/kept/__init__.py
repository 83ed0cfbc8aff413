"""What the terminal keeps for each officer in the data folder, encrypted: no part of a case."""
