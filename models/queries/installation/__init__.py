"""Reading what is true of the installation."""
