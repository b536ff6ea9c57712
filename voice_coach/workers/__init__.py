"""Work off the caller's thread: child processes and the one thread of ours."""
