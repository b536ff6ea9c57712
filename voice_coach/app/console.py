"""The console of a session: a terminal, or another program's display and input."""

from typing import Final, Protocol


class Console(Protocol):
    """A terminal, a window, or anything else that shows text and may take typed input."""

    def show(self, text: str) -> None:
        """Show a line of the conversation: what the coach says, or what came of the session."""

    def note(self, text: str) -> None:
        """Show a line about the session that is not spoken, such as that the sound is back."""

    def warn(self, text: str) -> None:
        """Show a sentence about what is wrong."""

    def read(self) -> str | None:
        """Return a typed line; None: there are no more."""


class NoConsole:
    """Shows nothing and reads nothing: for programs without a screen."""

    def show(self, text: str) -> None:
        """Do nothing."""

    def note(self, text: str) -> None:
        """Do nothing."""

    def warn(self, text: str) -> None:
        """Do nothing."""

    def read(self) -> str | None:
        """Return None: there is nothing to read."""


NO_CONSOLE: Final = NoConsole()
