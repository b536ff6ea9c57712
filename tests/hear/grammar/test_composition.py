"""Meaning without phrases: what is said in other words, and what must not be taken for its opposite."""

import pytest

from voice_coach.config.engines import session_grammar
from voice_coach.hear.grammar.cover import cover
from voice_coach.hear.grammar.match import understand
from voice_coach.session.question_table import ACTIVE

EN = session_grammar("en")


def said(state: str, text: str) -> str:
    """Return what is understood in a state: the intent, with "?" where it is to be asked about, and its slot."""
    meaning = understand(EN, text, ACTIVE[state])
    slot = "".join(
        f"={value}"
        for name, value in meaning.slots.items()
        if name not in {"at", "or_yes", "denied", "plainly", "taken_up"}
    )
    return f"{meaning.intent or ''}{slot}{'?' if meaning.ask else ''}"


ROWS = [
    # A1: what denies is no yes
    *[("cleared", text, "no") for text in ("of course not", "absolutely not", "I do not", "I have not", "I am not")],
    ("cleared", "I don't think so", "no"),
    ("cleared", "I do not think so", "no"),
    ("cleared", "I have an appointment", "yes?"),
    ("taught", "I have not been taught", "no?"),
    ("two_weeks", "I have not", "no"),
    ("delete_log", "I do not want that", "no?"),
    # A2: yes and no together, and a rest that takes a no back
    *[("screen_2", text, "no?") for text in ("no, I mean yes", "no sorry yes", "no... well, yes actually", "yes no")],
    ("screen_2", "no but I leak a bit", "no?"),
    ("screen_2", "no, my bladder is fine", "no"),
    ("screen_5", "no chest pain", "no"),
    # A3: the side
    ("side", "not the left, the right", "side_right=right"),
    ("side", "left, no, right", "side_right=right"),
    ("side_sure", "not left", "no"),
    ("side_sure", "no not the left", "no"),
    ("side_sure", "it's not the left", "no"),
    # A4: gone somewhere
    ("check", "it's gone further", "peripheralised"),
    ("check", "it's gone from a four to a six", "worse"),
    ("check", "it's gone down", "better?"),
    ("counting", "it's gone into my bum", "peripheralised=buttock"),
    ("counting", "it's gone to my hip", "peripheralised=buttock"),
    ("counting", "it's gone down into my ankle", "peripheralised=foot"),
    ("counting", "it's gone right down", "peripheralised"),
    ("counting", "it's gone into spasm", "pain_cry"),
    ("check", "it's gone", "gone"),
    # A5: no worse
    ("check", "no worse", "same?"),
    ("check", "no, a bit worse", "same?"),
    ("check", "a bit better, no, worse", "same?"),
    ("check", "I'm not happy, it's worse", "worse"),
    ("check", "it hasn't got any worse", "same"),
    # A6: of several places the furthest
    ("furthest_before", "calf and back", "place=calf"),
    ("furthest_after", "in my calf and my back", "place=calf"),
    ("furthest_after", "calf, and a bit in the back", "place=calf"),
    ("furthest_before", "just my back, not the calf", "place=back"),
    ("furthest_before", "calf, no, thigh", "place=thigh"),
    ("furthest_before", "into my calf", "place=calf"),
    ("furthest_after", "it goes down to my foot", "place=foot"),
    # A7: the good half
    ("check", "less in the back, more in the leg", "peripheralised=leg"),
    ("check", "back's better but my foot hurts now", "peripheralised=foot"),
    ("check", "I don't think it's better", "same"),
    ("check", "I wish it was better", "better?"),
    ("check", "I thought it would be better", "better?"),
    ("check", "far from better", "better?"),
    ("check", "it's anything but better", "better?"),
    # A8, emergencies
    *[
        ("counting", text, "emergency")
        for text in (
            "I've lost control of my bladder",
            "call an ambulance",
            "there's a tightness in my chest",
            "emergency",
            "I can't pee",
            "I wet myself",
            "I need a doctor now",
            "I'm leaking",
            "my private parts are numb",
            "both legs have gone numb",
            "pins and needles in both feet",
        )
    ],
    ("counting", "it's going down both legs now", "emergency"),
    ("counting", "pain in both legs", "emergency"),
    ("counting", "my legs won't work", "emergency=leg"),
    ("counting", "numb around my bottom", "emergency=buttock"),
    ("counting", "I can't feel my toes", "numb_weak=foot"),
    ("counting", "I've no feeling down there", "emergency"),
    *[
        ("counting", text, "cant_get_up")
        for text in ("I've fallen", "I can't get up", "I've fallen and I can't get up")
    ],
    *[
        ("ready", text, "cant_get_up")
        for text in ("I have fallen over", "I can't get off the floor", "I can't get back up")
    ],
    *[("counting", text, "call_help") for text in ("call someone", "call somebody", "get me help")],
    ("counting", "please call someone", "call_help"),
    *[("paused", text, "call_help") for text in ("call someone", "please call somebody")],
    *[("counting", text, "stop") for text in ("no, don't", "don't", "please no")],
    *[("counting", text, "stop") for text in ("no no", "I can't", "help me", "someone help me", "I'm dizzy")],
    # A9: the leg hurts, it caught me
    ("counting", "my leg hurts", "peripheralised=leg"),
    ("counting", "my leg's killing me", "peripheralised=leg"),
    ("counting", "it's in my toes", "peripheralised=foot"),
    ("counting", "it's below the knee now", "peripheralised=leg"),
    ("counting", "it's moved to my buttock", "peripheralised=buttock"),
    ("counting", "I feel it in my shin now", "peripheralised=calf"),
    ("counting", "my foot's gone to sleep", "numb_weak=foot"),
    ("counting", "no strength in my leg", "numb_weak=leg"),
    *[("counting", text, "pain_cry") for text in ("that's sore", "spasm", "that one hurt", "I felt a twinge")],
    *[("counting", text, "pain_cry") for text in ("my back's locked up", "something snapped", "sharp", "oh god")],
    ("counting", "my hip hurts", "pain_cry=buttock"),
    # B
    ("paused", "did you go on holiday", ""),
    ("paused", "yes I'll call back", "yes?"),
    ("ready", "nearly ready", "pause"),
    ("ready", "I'm getting ready", "pause"),
    ("ready", "I'll tell you when I'm ready", ""),
    ("ready", "am I ready?", ""),
    ("ready", "is it ready?", ""),
    ("ready", "start again", "start_over"),
    ("ready", "let's start again from the beginning", "start_over"),
    ("ready", "I'm not flexible enough", "cant_reach"),
    ("counting", "I'm not finished", "finish?"),
    ("pain_before", "twelve out of ten", "number=10?"),
    ("pain_before", "four, no wait, five", "number=5"),
    ("pain_before", "6/10", "number=6"),
    ("pain_before", "7", "number=7"),
    ("pain_before", "six out of ten", "number=6"),
    ("pain_before", "about a six", "number=6"),
    ("pain_before", "it was seven, now it's five", "number=5"),
    # C
    *[("ready", text, "repeat") for text in ("which leg?", "which foot", "the other leg?", "sorry?", "what?", "huh?")],
    ("ready", "what should I say", "help"),
    ("ready", "let's start", "ready_next"),
    ("ready", "got it", "ready_next"),
    ("ready", "done that", "ready_next"),
    *[("screen_1", text, "no") for text in ("definitely not", "not that I know of", "nothing like that", "it isn't")],
    *[("screen_1", text, "yes") for text in ("I suppose so", "I'm afraid so", "it is", "aye", "yep")],
    ("furthest_before", "big toe", "place=foot"),
    ("furthest_before", "the heel", "place=foot"),
    ("furthest_before", "hip", "place=buttock"),
    ("furthest_before", "my bum", "place=buttock"),
    ("furthest_before", "above the knee", "place=thigh"),
    # said by or about somebody else, and what is denied
    ("counting", "England were worse than France", "worse?"),
    ("counting", "my sister's got chest pain", "emergency?"),
    ("counting", "it doesn't hurt", "gone"),
    ("counting", "tight but not painful", "feel_stretch"),
    ("counting", "put the kettle on love", ""),
    ("counting", "stop", "stop"),
    ("counting", "don't stop", "stop?"),
    # a part of the body inside the name of another, and places in phrases
    ("furthest_before", "it goes into my upper leg", "place=thigh"),
    ("furthest_before", "into my buttock", "place=buttock"),
    ("furthest_before", "it goes right into my toes", "place=foot"),
    # more than one denial
    ("screen_5", "neither", "no"),
    ("screen_7", "no, I've never had either", "no"),
    ("screen_2", "I don't have any trouble with that", "no?"),
    ("screen_7", "no, I'm not sure", "no?"),
    ("screen_6", "no calf", "no?"),
    ("screen_6", "no feeling in my calf", "numb_weak=calf"),
    ("screen_1", "no numbness there", "no"),
    ("screen_1", "numbness", "numb_weak?"),
    ("screen_11", "yes, that's enough", "finish?"),
    ("screen_11", "no, that's enough", "finish"),
    ("screen_5", "no, I can't breathe", "emergency"),
    ("screen_1", "no, feeling's normal down there", "no"),
    ("screen_4", "no, just from sitting too much", "no"),
    # the words of the safety sentence are no sign in the answer to it
    ("acknowledge", "I'll stop if it gets worse", "agrees"),
    ("acknowledge", "if it goes down my leg I'll say stop", "agrees"),
    ("acknowledge", "it's going down my leg", "peripheralised=leg"),
    # how bad it is, where that was asked
    ("pain_before", "nine, it's awful", "number=9?"),
    ("pain_before", "ooh, six", "number=6"),
    ("pain_before", "six at most", "number=6"),
    ("pain_before", "no more than a four", "number=4"),
    ("pain_before", "eight and it's getting worse", "worse"),
    ("check", "it's awful", "worse?"),
    # which side, and which is well
    ("side", "it's the left that's killing me", "side_left=left"),
    ("side", "left, it's getting a lot worse", "worse"),
    ("side", "the right is fine, it's the other one", "side_left=left?"),
    # feeling that goes is no good news
    ("counting", "the feeling's going from my foot", "numb_weak=foot"),
    ("check", "I feel it more now", "worse?"),
    ("check", "better but still there", "better"),
    ("ready", "took me a minute but I'm there", "ready_next"),
    ("paused", "I've had my rest, let's carry on", "resume"),
    ("sound_check", "very clearly, doctor", "agrees"),
    ("counting", "doctor", "emergency"),
    # the question's words, repeated before the answer
    ("check", "better, the same or worse? I'd say better", "better"),
    ("check", "better, the same or worse? Worse", "worse"),
    ("side", "left or right? Well, left I'd say", "side_left=left"),
    ("side_sure", "yes or no? Well, no", "no"),
    ("side_sure", "left? No, definitely not", "no"),
    ("side_sure", "the left side, yes", "yes"),
    ("pain_before", "from zero to ten, four", "number=4"),
    ("screen_3", "both legs? No, not at all", "no"),
    ("screen_3", "both legs, no strength in them", "emergency"),
    ("screen_3", "both legs are numb", "emergency"),
    ("check", "both legs, no", "emergency?"),
    # no to a question about signs, in other words
    ("screen_2", "no trouble with water or bowels", "no"),
    ("screen_3", "neither one is weak or numb", "no"),
    ("screen_2", "no, only when I cough", "no?"),
    ("screen_2", "no, it comes and goes", "no?"),
    # "enough", "that's all" and "too much" end something by themselves only
    ("screen_3", "no, my legs are both strong enough", "no"),
    ("furthest_before", "um, the back, that's all", "place=back?"),
    ("screen_4", "nah, too much sitting, that's all", "no?"),
    ("nothing", "that's all", "finish"),
    ("counting", "too much", "stop"),
    ("check", "it's too much", "stop"),
    # a sigh before an answer is no cry
    ("check", "ah, that's a fair bit easier now", "better"),
    ("pain_before", "ooh, it's an eight right now", "number=8"),
    ("check", "ooh", "pain_cry"),
    ("counting", "ooh", "pain_cry"),
    ("check", "ow, that's a bit easier", "pain_cry"),
    # which side is well
    ("side", "left hurts, the right is fine", "side_left=left"),
    # the pain settles down, but not into the calf
    ("check", "pain settled down", "better"),
    ("check", "the pain has settled down in my calf", "peripheralised=calf"),
    ("nothing", "what exactly am I meant to be doing", "help"),
    ("nothing", "could you lower the volume", "quieter"),
    # not as good is worse, and "up" may be the pain as well as its place
    ("check", "not as good as it was", "worse"),
    ("check", "I was better off before", "worse"),
    ("check", "that's made it angry", "worse"),
    ("check", "it's gone through the roof", "worse"),
    ("check", "gone up a bit I think", "worse?"),
    ("check", "it's gone up", "worse"),
    ("check", "it's going back up", "centralised"),
    ("check", "moved up out of the foot", "centralised=foot"),
    ("check", "it's pulled back up into the buttock", "centralised=buttock"),
    ("check", "it's only in my back now, not the leg", "centralised=leg"),
    ("check", "not half as sore as before", "better"),
    ("check", "that one did the trick", "better"),
    ("check", "it's a wee bit calmer", "better"),
    ("check", "grand, much better, thanks", "better"),
    ("check", "can't feel any pain whatsoever", "gone"),
    ("check", "there isn't any pain any more", "gone"),
    ("check", "about where we started", "same"),
    ("check", "hasn't budged", "same"),
    ("check", "couldn't tell you", "unsure"),
    # what ends a hold must not be counted over
    ("counting", "I can't hold this any longer", "stop"),
    ("counting", "I have to let go", "stop"),
    ("counting", "pack it in", "stop"),
    ("counting", "I'm not doing any more", "stop"),
    ("counting", "my breath is not coming", "emergency"),
    ("counting", "that really smarts", "pain_cry"),
    ("counting", "hang about", "pause"),
    # "enough", "off" and "awful" in other company
    ("counting", "my arm's not long enough for that", "cant_reach"),
    ("counting", "you're awful quiet", "louder"),
    ("counting", "the knee keeps sliding off", "peripheralised?"),
    # a sign of the toilet, said without its names
    ("screen_2", "I've no feeling when I wipe", "emergency"),
    ("screen_2", "I don't feel it when I need to go", "emergency"),
    ("screen_3", "yes, both of them", "yes"),
    ("screen_3", "they're both weak", "yes"),
    ("screen_7", "no cancer, just steroids", "no?"),
    ("screen_3", "I don't think I can tell", "no?"),
    ("check", "it's out of my calf now", "centralised=calf"),
    ("counting", "I've got a bad knee", "peripheralised?"),
    ("pain_before", "it's okay now but it was nine", "number=9?"),
    ("side", "not the left, the right", "side_right=right"),
    ("side", "not the left", "side_right=right?"),
    ("side_sure", "not the left", "no"),
    ("ready", "position taken", "ready_next"),
    ("ready", "where does my arm go", "help"),
    ("paused", "let's press on", "resume"),
    # with words that no class has
    ("counting", "it has blorped into my calf", "peripheralised=calf"),
    ("counting", "my chest is blorping", "emergency?"),
    ("counting", "my foot is all blorpy", "peripheralised?"),
    ("counting", "something blorped in my back", "pain_cry?"),
]


def test_each_is_understood_as_it_was_meant(subtests: pytest.Subtests) -> None:
    for state, text, expected in ROWS:
        with subtests.test(state=state, said=text):
            assert said(state, text) == expected


def test_the_words_of_a_pattern_each_stand_in_one_phrase_for_the_recogniser() -> None:
    covered: set[str] = set()
    assert cover([["go", "run"], ["down", "into"], ["my leg"]], covered) == [
        "go down my leg",
        "run down my leg",
        "go into my leg",
    ]
    assert cover([["go"], ["down"], ["my leg", "my foot"]], covered) == ["go down my leg", "go down my foot"]
    assert cover([["go"], []], covered) == []


def test_what_the_recogniser_is_given_has_every_phrase_once() -> None:
    phrases = EN.sample()
    assert len(set(phrases)) == len(phrases)
    assert set(EN.composition.said) < set(phrases)


@pytest.mark.parametrize(
    ("state", "text", "besides"),
    [
        ("sound_check", "yes, splendid", True),
        ("screen_7", "no, mercifully", True),
        ("side", "left, down by my hip", True),
        ("pain_before", "eight, I hardly slept", True),
        ("side", "it is not so much left", False),
        ("sound_check", "yes, not bad", False),
        ("screen_2", "no, but it leaks", False),
        ("screen_2", "no, my neighbour's dripping tap", False),
        ("screen_2", "no, a bit", False),
        ("sound_check", "they say yes", False),
        ("sound_check", "yes, she wants two sugars", False),
    ],
)
def test_what_tells_nothing_may_be_said_besides_an_answer(state: str, text: str, *, besides: bool) -> None:
    meaning = understand(EN, text, ACTIVE[state])
    assert meaning.ask or not besides
    assert meaning.besides is besides
