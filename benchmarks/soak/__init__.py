"""Sessions back to back on a sound card in user space, with random faults: what is lost, and what grows."""
