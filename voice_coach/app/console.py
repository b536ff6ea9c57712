"""Where a session is shown and typed: the terminal of the command line, or whatever another program has."""

from typing import Final, Protocol


class Console(Protocol):
    """A terminal, a window, or whatever else a person looks at and may type into."""

    def show(self, text: str) -> None:
        """Show a line of the conversation: what the coach says, or what came of the session."""

    def note(self, text: str) -> None:
        """Show a line about the session that nobody says, such as that the sound is back."""

    def warn(self, text: str) -> None:
        """Show what is wrong, in a sentence."""

    def read(self) -> str | None:
        """Return a typed line; None: there are no more."""


class NoConsole:
    """Shows nothing, and nobody types: for programs without a screen."""

    def show(self, text: str) -> None:
        """Do nothing."""

    def note(self, text: str) -> None:
        """Do nothing."""

    def warn(self, text: str) -> None:
        """Do nothing."""

    def read(self) -> str | None:
        """Return None: there is nothing to read."""


NO_CONSOLE: Final = NoConsole()
