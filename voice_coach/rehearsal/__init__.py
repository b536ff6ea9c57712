"""Rehearsals: a scripted person listens to the real coach and answers aloud, and everything is recorded."""
