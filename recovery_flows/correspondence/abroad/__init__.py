"""What leaves for another State on paper: the letter of a request, and notices about it."""
