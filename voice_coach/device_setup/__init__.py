"""Setting up microphone and speaker by voice alone."""
