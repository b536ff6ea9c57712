"""Synthesisers: the protocol, pyttsx3 in a supervised process, and a Wyoming server."""
