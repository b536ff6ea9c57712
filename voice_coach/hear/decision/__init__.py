"""From recognised words to a decision: accept, ask, or ignore."""
