"""Reading recoveries and what belongs to them."""
