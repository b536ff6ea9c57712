"""What can be said: grammar files, their templates, and matching text against them."""
