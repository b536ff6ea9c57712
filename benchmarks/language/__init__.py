"""How typed sentences are understood in each state: see `__main__.py`."""
