"""The application: composes a session from its parts and runs it."""
