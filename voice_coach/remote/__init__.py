"""Other machines, each called only where the user named it: Wyoming servers and an MQTT broker."""
