"""Recognisers: the protocol, libvosk in this process or in a supervised one, and a Wyoming server."""
