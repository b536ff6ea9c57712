"""Hearing over the coach's own voice: the echo canceller, and whose voice is left after it."""
