"""One unit for several people: a service that alone holds database and keys, and its callers."""
