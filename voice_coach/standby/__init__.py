"""Waiting for the next session: reminders, "start my session", a button."""
