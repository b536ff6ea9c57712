"""Asking aloud whose session it is, where several people use this computer."""
