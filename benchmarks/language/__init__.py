"""What the coach makes of typed sentences in each state: see `__main__.py`."""
