"""The dialogue: pure functions and frozen values; no sound, no files, no clock."""
