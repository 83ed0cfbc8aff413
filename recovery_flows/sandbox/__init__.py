"""Synthetic partner banks on loopback that keep their own books; a witness, never a part."""
