"""Figures that are too long for the tests; run with `python -m benchmarks.NAME`."""
