"""What people look at: what is new to them, and who may see what."""
