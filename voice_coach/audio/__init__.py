"""Blocks of samples, and where they come from and go to."""
