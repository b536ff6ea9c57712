"""Look for files that break a parser: `make fuzz PARSER=grammar MINUTES=30`. Without a name, each parser in turn.

Atheris feeds a parser with changed seeds and keeps those that reach new code. It ends at the first file that breaks a
rule of parsers.py, or takes too long or too much memory, and keeps that file in OUT/PARSER. Copy it to
tests/fuzz/found/PARSER/, where test_parsers.py finds it, and mend the parser.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import atheris

with atheris.instrument_imports(include=["voice_coach"]):
    from tests.fuzz import mutate, parsers

MAX_CPU_SECONDS: Final = 5.0
"""That a file may take: 50 times what the largest of ours does. CPU time, so that a busy machine finds nothing."""

MAX_MEMORY_MB: Final = 2048
MAX_BYTES: Final = 100_000
"""Of a file that is tried."""

SHARE_OF_WORDS: Final = 0.6
"""Of the changes of texts: words and lines; the others are libFuzzer's own, of bytes."""


class TooSlowError(Exception):
    """A file took more CPU time than any may."""


def fuzz(name: str, seconds: int, out: Path, further: list[str]) -> None:
    """Feed one parser; ends the process, with 0 where nothing was found."""
    parser = parsers.PARSERS[name]
    home = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    parsers.keep_to(home / "home")
    corpus = home / "corpus"
    for folder in (corpus, out):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(parser.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)

    def one(content: bytes) -> None:
        before = time.process_time()
        parsers.hand_in(parser, content, home / "in")
        if (taken := time.process_time() - before) > MAX_CPU_SECONDS:
            raise TooSlowError(f"{taken:.1f} s of CPU time")

    def changed(content: bytes, limit: int, seed: int) -> bytes:
        rng = random.Random(seed)  # noqa: S311 - libFuzzer's seed, so that a run can be repeated
        if parser.is_text and rng.random() < SHARE_OF_WORDS:
            return mutate.mutated(content, rng, limit)
        return bytes(atheris.Mutate(content, limit))

    options = {"max_total_time": seconds, "rss_limit_mb": MAX_MEMORY_MB, "timeout": 300, "max_len": MAX_BYTES}
    arguments = [f"-{option}={value}" for option, value in options.items()]
    atheris.Setup(
        [sys.argv[0], *arguments, f"-artifact_prefix={out}/", *further, str(corpus)], one, custom_mutator=changed
    )
    atheris.Fuzz()


def main() -> int:
    """Feed the parser named, or each in a process of its own; return 1 if a file was found that breaks one."""
    called = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    called.add_argument("parser", nargs="?", choices=list(parsers.PARSERS))
    called.add_argument("--minutes", type=float, default=10.0)
    called.add_argument("--out", type=Path, default=Path("build/fuzz"), help="where files that break a parser are kept")
    known, further = called.parse_known_args()
    if known.parser:
        fuzz(known.parser, int(60 * known.minutes), known.out / known.parser, further)
    broken = []
    for name in parsers.PARSERS:
        own = [name, "--minutes", str(known.minutes), "--out", str(known.out), *further]
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", "tests.fuzz", *own], check=False).returncode:
            broken.append(name)
    print(f"broken: {', '.join(broken)}; the files are in {known.out}" if broken else "nothing was found")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
