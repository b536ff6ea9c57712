"""Sentences made from word lists of their own, to judge the grammar by: see README.md."""
