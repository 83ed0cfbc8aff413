"""What typed keys wait for."""

from __future__ import annotations


class Wait:
    """Something that is being read or done, such as `reading the recovery`.

    Esc need not wait for a reading (`gives_way`); for an act it waits like any other key until the
    screen has told that it takes long.
    """

    def __init__(self, what: str, *, gives_way: bool) -> None:
        self.what, self.gives_way = what, gives_way
