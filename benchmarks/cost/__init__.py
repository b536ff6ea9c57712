"""The CPU time of sessions, by part, now and at another revision: see `__main__.py`."""
