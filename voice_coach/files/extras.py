"""The command that installs an extra into this program's environment: pip, pipx, uv, or a checkout's own."""

import sys
from pathlib import Path
from typing import Final

_CHECKOUT: Final = Path(__file__).parents[2]


def install_command(extra: str, prefix: Path | None = None, checkout: Path = _CHECKOUT) -> str:
    """Return the command to type.

    Args:
        extra: a key of `project.optional-dependencies`, such as `report`.
        prefix: the environment; None: that of this process.
        checkout: the folder of pyproject.toml, where the program runs from its sources.
    """
    prefix = prefix or Path(sys.prefix)
    if (checkout / "pyproject.toml").is_file() and prefix.parent == checkout:
        return f"{prefix}/bin/python -m pip install -e '{checkout}[{extra}]'"
    if "pipx" in prefix.parts:
        return f"pipx install --force 'voice-coach[{extra}]'"
    if prefix.parent.name == "tools" and prefix.parent.parent.name == "uv":
        return f"uv tool install 'voice-coach[{extra}]'"
    if _made_by_uv(prefix):
        return f"uv pip install --python {prefix} 'voice-coach[{extra}]'"
    return f"{sys.executable} -m pip install 'voice-coach[{extra}]'"


def _made_by_uv(prefix: Path) -> bool:
    """Return whether uv has made this environment, which then has no pip."""
    try:
        return "\nuv = " in (prefix / "pyvenv.cfg").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
