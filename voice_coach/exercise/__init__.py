"""Exercises as data, and the sentences said in them."""
