"""Statement files into the case database, and the recoveries that they wake."""
