"""What an exercise is: data, and the sentences said about it."""
