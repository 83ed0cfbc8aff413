"""What people see, each page written once: the command prints it, a screen shows it."""
