"""Other Vosk models than the embedded one: fetching, unpacking, choosing. Only `fetch.py` calls anybody."""
