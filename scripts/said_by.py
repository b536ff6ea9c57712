"""Write voice_coach/prompts/former/en/VERSION.json: what this version says under each name that a recording can have.

    python -m scripts.said_by

To be run once a release, before the next sentence changes: a recording that was made for one of these sentences is not
played for another one (`voice_coach.speak.cues.former_text`). For a release that lacks this script, give its checkout:

    python -m scripts.said_by CHECKOUT
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

FORMER: Final = Path(__file__).parents[1] / "voice_coach" / "prompts" / "former" / "en"
_DIALOGUES: Final = ("setup", "standby", "who")


def sentences(package: Path) -> Iterator[tuple[str, str]]:
    """Yield each cue and its text: of all exercises of a version's package, which is imported, and of its dialogues.

    Sentences of the other dialogues than the session are left out where they have fields.
    """
    library: Any = import_module("voice_coach.exercise.library")
    prompts: Any = import_module("voice_coach.exercise.prompts")
    for entry in library.entries("en"):
        if entry.exercise and not entry.own:
            yield from ((line.cue, line.text) for line in prompts.all_lines(entry.exercise))
    for dialogue in _DIALOGUES:
        tables = tomllib.loads((package / "prompts" / dialogue / "en.toml").read_text(encoding="utf-8"))
        for table, texts in tables.items():
            for name, said in texts.items():
                yield from ((f"{table}.{name}.{n}", text) for n, text in enumerate(said, 1) if "{" not in text)


def main(arguments: list[str]) -> None:
    """Write the file of this version, or of the one whose checkout is named."""
    if arguments:
        checkout = Path(arguments[0]).resolve()
        environment = {
            "PYTHONPATH": str(checkout),
            "HOME": "/nonexistent",
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
        }
        subprocess.run([sys.executable, __file__], env=environment, check=True, cwd=checkout)  # noqa: S603 - itself
        return
    package: Any = import_module("voice_coach")
    said = dict(sorted(sentences(Path(package.__file__).parent)))
    path = FORMER / f"{package.__version__}.json"
    if path.exists():
        raise SystemExit(f"{path} is there: what a release said is not written again; raise the version first.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(said, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{path.name}: {len(said)} sentences")


if __name__ == "__main__":
    main(sys.argv[1:])
