"""The screens in a browser: log-in pages, one terminal for each session. Holds no key, no database.

It talks to the unit's service alone, over the service's socket.
"""
