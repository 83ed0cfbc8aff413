"""What a second person is asked: kinds, exact figures, the question and its end."""
