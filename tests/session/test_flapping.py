"""A plug with a loose contact: sound that is lost and back again and again, anywhere in a session."""

from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.session.arrivals import ARRIVE, PROMPTS
from voice_coach.events import AudioLost
from voice_coach.records import Ended
from voice_coach.session.disruptions import FAULTS
from voice_coach.session.states import Done, Ending

SENTENCES: Final = {fault: PROMPTS.lines(name)[0].text for fault, name in FAULTS.items()}
LOSSES = st.sampled_from(["", *FAULTS])
"""The fault of the microphone; empty: there is no sound at all."""
FLAPS = st.lists(st.tuples(LOSSES, st.floats(0, 2.0), st.booleans(), st.floats(0, 6.0)), min_size=1, max_size=6)
"""For each loss: its fault, how long it lasts, whether sound counts as back after it, and how long there is sound."""


@settings(max_examples=40)
@given(st.sampled_from(sorted(ARRIVE)), FLAPS)
def test_it_counts_nothing_while_it_is_deaf_says_why_once_and_does_not_end_because_of_it(
    where: str, flaps: list[tuple[str, float, bool, float]]
) -> None:
    talk = ARRIVE[where]()
    told = ""
    for fault, gone, returns, sound in flaps:
        if isinstance(before := talk.state, Done):
            break
        talk.event(AudioLost(talk.now, "gone", fault))
        said = [name for name, sentence in SENTENCES.items() if sentence in talk.said]
        assert said in ([], [fault])
        assert said != [told]
        told = fault or told
        assert not isinstance(talk.state, Done) or (isinstance(before, Ending) and not before.token)
        talk.wait(gone)
        assert talk.counts() == []
        assert not isinstance(talk.state, Done) or isinstance(before, Ending)
        if returns:
            talk.has_sound_again().wait(sound)
            told = ""
    talk.has_sound_again().until(Done)
    assert [type(record) for record in talk.records].count(Ended) == 1
