"""Grammars: files, their templates, and matching text against them."""
