"""Courts' lists of returns: what people do with them."""
