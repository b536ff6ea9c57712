"""Calling for help in the ways that a person has set up: a command, a message by MQTT, a pin of the board."""
