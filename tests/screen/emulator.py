"""A terminal that understands the few sequences that the screen is drawn with, and refuses every other one."""

import re

SEQUENCE = re.compile(r"\x1b\[(\??)([\d;]*)([A-Za-z])|\x1b.")


class Emulator:
    """What a person sees on a terminal of so many columns and rows."""

    def __init__(self, width: int = 80, height: int = 24) -> None:
        self.resize(width, height)
        self.second = False
        """Whether its second screen is shown."""
        self.cursor = True
        self.coloured = False
        """Whether a colour was ever used."""
        self.first = ""
        """What was written while the first screen was shown."""

    def resize(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.cells = [[" "] * width for _ in range(height)]
        self.row = self.column = 0

    def feed(self, text: str) -> None:
        at = 0
        while at < len(text):
            found = SEQUENCE.match(text, at)
            if found is None:
                self._write(text[at])
                at += 1
                continue
            assert found[3], f"not understood: {text[at : at + 10]!r}"
            self._obey(found[1] + found[3], found[2])
            at = found.end()

    @property
    def rows(self) -> list[str]:
        return ["".join(row).rstrip() for row in self.cells]

    def _write(self, letter: str) -> None:
        if not self.second:
            self.first += letter
            return
        assert letter.isprintable(), f"{letter!r} is no letter"
        assert self.row < self.height, "written below the last row"
        assert self.column < self.width, f"written beyond the last column: {self.rows[self.row]}"
        self.cells[self.row][self.column] = letter
        self.column += 1

    def _obey(self, command: str, parameters: str) -> None:
        match command, parameters:
            case "?h", "1049":
                self.second = True
            case "?l", "1049":
                self.second = False
            case "?h", "25":
                self.cursor = True
            case "?l", "25":
                self.cursor = False
            case "J", "2":
                self.resize(self.width, self.height)
            case "K", "":
                self.cells[self.row][self.column :] = [" "] * (self.width - self.column)
            case "H", _:
                row, column = map(int, parameters.split(";"))
                self.row, self.column = row - 1, column - 1
            case "m", _:
                self.coloured |= any(re.fullmatch("[34]\\d", one) for one in parameters.split(";"))
            case _:
                raise AssertionError(f"not understood: {command} {parameters}")
