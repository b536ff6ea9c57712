"""Work off the caller's thread: child processes, and our one thread class."""
