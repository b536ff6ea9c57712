"""Measurements and pictures of what the coach does; no tests, and no part of the program."""
