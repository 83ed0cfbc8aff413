"""Files and answers that nobody sane would send, a million of them, against every reader."""
