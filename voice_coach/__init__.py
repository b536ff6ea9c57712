"""A voice coach for back exercises: it talks, counts, listens and keeps its user safe, offline."""

__version__ = "0.1.0"
