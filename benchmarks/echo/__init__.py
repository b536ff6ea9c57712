"""How the coach hears over its own voice, in simulated rooms: see `__main__.py`."""
