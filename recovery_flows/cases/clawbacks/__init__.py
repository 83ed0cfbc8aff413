"""Orders to give money back: what people do with them."""
