"""One tree of messages: English in the code, other languages as data beside it."""
