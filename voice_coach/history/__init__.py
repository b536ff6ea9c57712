"""The history of sessions: one SQLite file, written off the audio path."""
