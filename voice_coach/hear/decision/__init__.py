"""From what was recognised to a decision: accept, ask, or ignore."""
