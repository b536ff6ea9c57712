"""How well people are understood, beside other recognisers: same clips, same run; see `__main__.py`."""
