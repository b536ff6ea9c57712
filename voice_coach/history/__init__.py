"""What was done: one SQLite file, written off the audio path."""
