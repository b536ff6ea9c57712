"""Standby as a service of systemd: the unit, the command that installs it, and what systemd is told while it runs."""
