"""Whole sessions spoken by people's voices in their own words: see `__main__.py`."""
