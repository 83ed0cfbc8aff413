"""Who may decide what, which recoveries somebody may not see, and a picture without them."""
