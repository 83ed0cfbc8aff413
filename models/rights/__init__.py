"""Which recoveries somebody may not see, and a picture of the database without them."""
