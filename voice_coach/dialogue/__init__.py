"""Shared by all four dialogues: a turn, and the runner."""
