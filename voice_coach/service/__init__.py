"""Standby as a systemd service: the unit, the command that installs it, and the messages to systemd."""
