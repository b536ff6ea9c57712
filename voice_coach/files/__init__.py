"""Files: data folders, atomic replacement, validation, and profiles."""
