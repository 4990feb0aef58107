"""Marks: four kinds, partial credit, spelling that counts as one."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.marking import mark, normalise


def question(kind: str, *answers: tuple[str, bool], marks: str = "1", key: str = "q") -> dict:
    return {
        "key": key,
        "kind": kind,
        "marks": marks,
        "text": "?",
        "feedback": "",
        "answers": [
            {"key": str(place), "text": text, "correct": correct, "feedback": ""}
            for place, (text, correct) in enumerate(answers)
        ],
    }


def quiz(*questions: dict, pass_percent: int = 60) -> dict:
    return {"questions": list(questions), "pass_percent": pass_percent}


# Two cores shared with everything else: how long drawing takes says nothing about marking.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

ONE = question("one", ("sì", True), ("no", False), ("forse", False), marks="2")
SEVERAL = question("several", ("a", True), ("b", True), ("c", False), ("d", False), marks="2")
TRUE_FALSE = question("true_false", ("Vero", False), ("Falso", True))
SHORT = question("short_text", ("perché", True), ("l'acqua", True))


@pytest.mark.parametrize(
    ("asked", "answer", "score"),
    [
        (ONE, ["0"], "2"),
        (ONE, "0", "2"),
        (ONE, ["1"], "0"),
        (ONE, ["0", "1"], "0"),
        (ONE, [], "0"),
        (ONE, None, "0"),
        (ONE, ["not a key"], "0"),
        (SEVERAL, ["0", "1"], "2"),
        (SEVERAL, ["0"], "1"),
        (SEVERAL, ["0", "2"], "0"),
        (SEVERAL, ["0", "1", "2"], "1"),
        (SEVERAL, ["0", "1", "2", "3"], "0"),
        (TRUE_FALSE, ["1"], "1"),
        (TRUE_FALSE, ["0"], "0"),
        (SHORT, "PERCHE'", "1"),
        (SHORT, "  perchè? ", "1"),
        (SHORT, "l’ acqua", "1"),
        (SHORT, "L´acqua.", "1"),
        (SHORT, "acqua", "0"),
        (SHORT, "", "0"),
        (SHORT, ["perché"], "0"),
    ],
)
def test_each_kind(asked, answer, score):
    (item,) = mark(quiz(asked), {"q": answer}).by_question
    assert item.score == Decimal(score)
    assert item.right == (item.score == item.max_score)


def test_thirds_add_up_to_the_cent():
    asked = question("several", ("a", True), ("b", True), ("c", True), ("d", False), marks="1")
    assert mark(quiz(asked), {"q": ["0"]}).score == Decimal("0.33")
    assert mark(quiz(asked), {"q": ["0", "1", "2"]}).score == Decimal("1.00")


def test_pass_mark_is_reached_exactly():
    asked = quiz(*(question("one", ("sì", True), ("no", False), key=str(n)) for n in range(5)))
    answers = {str(n): ["0"] for n in range(3)}
    assert mark(asked, answers).passed
    assert mark(asked, answers).percent == 60
    del answers["2"]
    assert not mark(asked, answers).passed


def test_nobody_reads_the_pass_mark_and_not_passed():
    asked = quiz(question("several", ("a", True), ("b", True), ("c", True), marks="1"), pass_percent=67)
    result = mark(asked, {"q": ["0", "1"]})
    assert (result.percent, result.passed) == (67, True)
    result = mark(asked | {"pass_percent": 68}, {"q": ["0", "1"]})
    assert (result.percent, result.passed) == (67, False)


def test_an_empty_quiz_is_not_passed():
    assert not mark(quiz(), {}).passed


KINDS = st.sampled_from(["one", "several", "true_false"])
QUESTIONS = st.lists(
    st.builds(
        lambda kind, answers, marks: (kind, answers, marks),
        KINDS,
        st.lists(st.booleans(), min_size=1, max_size=6).filter(any),
        st.decimals("0.1", "20", places=1),
    ),
    max_size=5,
)


def as_quiz(made) -> dict:
    return quiz(
        *(
            question(
                kind, *((f"t{i}", right) for i, right in enumerate(rights)), marks=str(marks), key=str(n)
            )
            for n, (kind, rights, marks) in enumerate(made)
        )
    )


@given(QUESTIONS, st.dictionaries(st.sampled_from("01234"), st.lists(st.sampled_from("0123456"), max_size=7)))
def test_marks_stay_between_nothing_and_everything(made, answers):
    asked = as_quiz(made)
    result = mark(asked, answers)
    assert 0 <= result.score <= result.max_score
    assert len(result.by_question) == len(asked["questions"])
    assert result.score == sum(item.score for item in result.by_question)
    assert 0 <= result.percent <= 100
    assert mark(asked, answers) == result


@given(QUESTIONS)
def test_all_right_answers_give_everything_and_none_give_nothing(made):
    asked = as_quiz(
        [(kind, [True, *[False] * 2] if kind != "several" else rights, m) for kind, rights, m in made]
    )
    right = {
        item["key"]: [answer["key"] for answer in item["answers"] if answer["correct"]]
        for item in asked["questions"]
    }
    assert mark(asked, right).score == mark(asked, right).max_score
    assert mark(asked, {}).score == 0


@given(st.lists(st.booleans(), min_size=2, max_size=6).filter(any), st.data())
def test_one_more_wrong_choice_never_helps(rights, data):
    asked = quiz(question("several", *((f"t{i}", right) for i, right in enumerate(rights))))
    chosen = data.draw(st.sets(st.sampled_from([str(i) for i in range(len(rights))])))
    wrong = [str(i) for i, right in enumerate(rights) if not right and str(i) not in chosen]
    for key in wrong:
        assert mark(asked, {"q": [*chosen, key]}).score <= mark(asked, {"q": list(chosen)}).score


@given(st.text())
def test_normalise_twice_is_once(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1))
def test_case_and_spaces_never_matter(text):
    spaced = "  " + text.upper().lower() + " . "
    assert normalise(spaced) == normalise(text.upper().lower())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Perché", "perche'"),
        ("città", "CITTA'"),
        ("un po' di pane", "un po di pane"),
        ("perché no", "perche' no"),
        ("dell'acqua", "dell’ acqua"),
        ("è  vero", "e' vero"),
        ("caffè.", "Caffe"),
        ("naïve", "naive"),
        ("ＡＢＣ", "abc"),
    ],
)
def test_spellings_that_are_one(one, other):
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), [("invece", "in vece"), ("casa", "cassa"), ("lui", "lei")])
def test_spellings_that_are_two(one, other):
    assert normalise(one) != normalise(other)


def test_a_sign_alone_is_an_answer():
    assert normalise("@") == "@"
    assert normalise("?") == "?"
