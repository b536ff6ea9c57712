"""How well people are understood, compared with other recognisers on the same clips: see `__main__.py`."""
