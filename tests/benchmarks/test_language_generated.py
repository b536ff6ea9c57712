"""The judging of sentences made from word lists."""

from benchmarks.language import generated
from benchmarks.language.generated import FOURS, Answered, Fours, Said
from benchmarks.language.judge import Row, judge
from tests.language.sentences import Form, Sentence, lists

KINDS = {kind.name: kind for kind in lists().kind}


def said(text: str, name: str = "numb or weak", *, state: str = "count", decoded: bool = False) -> Said:
    kind = KINDS[name]
    row = Row(text=text, group=kind.name, state=state, expect=kind.expect, allowed=kind.allowed)
    return Said(Sentence(kind, text, wrapped=False), decoded, judge(row))


def answered(form: Form, *, taken: bool, group: Fours = FOURS[0]) -> Answered:
    return Answered(group, form, "cleared", form.replace("X", "yes"), taken)


def test_a_share_counts_what_was_stopped_or_asked_about() -> None:
    ones = [said("my leg is numb"), said("plum jam"), said("plum jam", decoded=True), said("worse")]
    found = generated.figures(ones, [])
    assert found["generated_numb_or_weak"] == 0.5
    assert found["generated_saddle"] == 0.0
    assert found["generated_false_locks"] == 0.0
    assert "| numb or weak | 4 | 2 | 0 | 0 | 0 | 2 | 0 | 66.7 % | 0.0 % | 0.0 % | 50.0 % |" in generated.markdown(
        ones, []
    )


def test_a_lock_without_a_sign_is_counted() -> None:
    assert generated.figures([said("my leg is numb", "no sign")], [])["generated_false_locks"] == 1.0


def test_a_denied_answer_that_is_taken_is_wrong() -> None:
    assert answered("not X", taken=True).wrong
    assert not answered("not X", taken=False).wrong
    assert not answered("X", taken=True).wrong
    same = next(group for group in FOURS if group.name == "same")
    assert not answered("no, X", taken=True, group=same).wrong
    ones = [answered("X", taken=True), answered("not X", taken=True), answered("X not", taken=False)]
    found = generated.figures([], ones)
    assert (found["plain_answers_taken"], found["denied_not_taken"]) == (1.0, 0.5)


def test_an_answer_counts_as_taken_only_where_it_leads_where_the_plain_one_does() -> None:
    cleared = {
        (one.form, one.text): one.taken
        for one in generated.answers_in(FOURS[0], "cleared")
        if one.text in {"yes", "not yes"}
    }
    assert cleared == {("X", "yes"): True, ("not X", "not yes"): False}


def test_all_places_of_the_answers_are_there() -> None:
    for group in FOURS:
        assert group.name in lists().answers
        assert group.states
        for state in group.states:
            assert any(one.taken for one in generated.answers_in(group, state) if one.text == group.plain), state


def test_the_details_name_each_failure() -> None:
    text = generated.details([said("plum jam"), said("my leg is numb", "no sign")], [answered("not X", taken=True)])
    assert 'count, numb or weak: "plum jam" [numb_weak] -> nothing, counted over' in text
    assert 'count, no sign: "my leg is numb" [none] -> numb_weak' in text
    assert 'cleared: "not yes" taken for yes' in text
