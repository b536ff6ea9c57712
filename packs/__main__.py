"""`python -m packs render VOICE`, `python -m packs pending [--empty]`; see packs/README.md."""

import argparse
import random
import sys
from functools import partial
from pathlib import Path

from packs import pending
from packs.recipe import read_recipe
from voice_coach.app.known_texts import KnownTexts, known_texts
from voice_coach.errors import CoachError


def main(arguments: list[str] | None = None) -> int:
    """Carry out a command and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m packs", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    render = commands.add_parser("render", help="render what is missing or changed of a pack")
    render.add_argument("voice", help="a file of packs/voices")
    render.add_argument("--models", type=Path, required=True, help="folder that packs.fetch has filled")
    render.add_argument("--out", type=Path, help="the pack's folder (voice_packs/VOICE)")
    render.add_argument("--texts", type=Path, help="render only the texts of this file, one a line")
    render.add_argument("--sample", type=int, help="render only so many texts, drawn by the recipe's seed")
    render.add_argument("--again", action="store_true", help="render clips that were not understood once more")
    listed = commands.add_parser("pending", help="write the list of texts that are not rendered yet")
    listed.add_argument("--empty", action="store_true", help="write nothing; fail unless there are none")
    listed.add_argument("--folder", type=Path, default=pending.FOLDER, help="where the packs are (voice_packs)")
    options = parser.parse_args(arguments)
    try:
        return _pending(options.folder, empty=options.empty) if options.command == "pending" else _render(options)
    except (CoachError, OSError) as error:
        print(f"packs: {error}", file=sys.stderr)
        return 1


def _pending(folder: Path, *, empty: bool) -> int:
    texts = known_texts().every
    if not empty:
        missing = pending.lacking(texts, pending.shipped(folder))
        pending.write_pending(missing, folder)
        print(f"{len(missing)} texts are pending.")
        return 0
    wrong = list(pending.faults(texts, folder))
    waiting = pending.read_pending(folder)
    for fault in wrong:
        print(f"packs: {fault}", file=sys.stderr)
    if waiting:
        print(
            f"packs: {len(waiting)} texts of shipped voice packs are not rendered: `make voice-pack`", file=sys.stderr
        )
    return 1 if wrong or waiting else 0


def _render(options: argparse.Namespace) -> int:
    from packs.render import Renderer, render  # noqa: PLC0415 - its packages are in packs/requirements.txt

    recipe = read_recipe(options.voice)
    folder = options.out or pending.FOLDER / options.voice
    wanted = _wanted(options, recipe.seed)
    speaker = partial(Renderer, recipe, options.models)
    done = render(options.voice, recipe, wanted, folder, speaker, _tell, again=options.again)
    for text, heard in done.doubtful:
        print(f"listen to: {text} [{heard}]")
    print(
        f"{done.rendered} rendered, {len(done.doubtful)} to be listened to, {len(done.lacking)} can't be said: {folder}"
    )
    return 1 if done.lacking else 0


def _wanted(options: argparse.Namespace, seed: int) -> KnownTexts:
    """Return what is to be rendered; an own file's texts are whole sentences, unless they are parts of ours."""
    wanted = known_texts()
    if options.texts:
        asked = options.texts.read_text(encoding="utf-8").splitlines()
        parts = tuple(text for text in asked if text in wanted.parts and text not in wanted.sentences)
        return KnownTexts(tuple(text for text in asked if text and text not in parts), parts)
    if options.sample:
        drawn = random.Random(seed).sample(wanted.every, min(options.sample, len(wanted.every)))  # noqa: S311 -- no secret
        chosen = frozenset(drawn)
        return KnownTexts(*(tuple(text for text in texts if text in chosen) for texts in wanted))
    return wanted


def _tell(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
