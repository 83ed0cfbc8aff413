"""What people see of whole recoveries, for screens and commands alike."""
