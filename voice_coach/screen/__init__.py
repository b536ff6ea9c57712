"""What somebody who looks on sees of a session: a terminal's screen, lines of JSON, a page in a browser."""
