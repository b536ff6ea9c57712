"""What all four dialogues share: a turn, and what runs them."""
