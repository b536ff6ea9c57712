"""The application: composes a session of its parts and runs it."""
