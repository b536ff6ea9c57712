"""How each of the coach's voices sounds, in figures: `make bench-voice`."""
