"""The people kept out of training, so that every choice is made on people whom the network has never heard.

A person is kept apart if the first byte of the SHA-256 of their id, as the manifest has it, is a multiple of 16. This
depends on nothing else, so it holds for recordings that are added later. Where nobody is named, each clip counts as a
person of its own.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

from training.corpus import Recording

ONE_IN: Final = 16


def is_kept_apart(identity: str) -> bool:
    """Whether nothing may be learnt from this speaker (`Recording.identity`)."""
    return hashlib.sha256(identity.encode()).digest()[0] % ONE_IN == 0


def kept_apart(recordings: Iterable[Recording]) -> list[Recording]:
    """Return the recordings that training may not use."""
    return [recording for recording in recordings if is_kept_apart(recording.identity)]


def known(recordings: Iterable[Recording]) -> frozenset[str]:
    """Return the ids of the real people among the speakers who are told apart from all others."""
    return frozenset(recording.speaker for recording in recordings if recording.is_by_known_person)
