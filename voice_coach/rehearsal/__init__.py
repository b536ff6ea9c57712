"""A scripted person on the other side of the same coach: hears, answers aloud, and everything is written down."""
