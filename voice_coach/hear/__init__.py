"""From microphone blocks to events."""
