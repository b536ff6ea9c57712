"""Programmes: exercises strung together, with what follows from how each went."""
