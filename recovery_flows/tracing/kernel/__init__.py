"""The rules on sorted integer arrays (numba): the same answers as the plain rules, for big files.

Numpy and numba are imported inside this package only; they come with the extra `fast`.
"""
