"""What sessions cost in CPU time, by part, now and at another revision: see `__main__.py`."""
