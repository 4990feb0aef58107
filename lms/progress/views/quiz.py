"""A quiz: one question a page, saved at each tap, handed in once."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.assessments.access import own_attempt
from lms.assessments.actions import save_answer
from lms.assessments.queries import handed_in, open_attempt_of
from lms.assessments.rules import unanswered
from lms.progress import access, actions, queries
from lms.progress.access import Activity
from lms.progress.forms import SubmitForm, answer_from


@require_POST
@login_required
def start(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Open the quiz, or go on where it was left."""
    step = _quiz_for(request, code, key)
    attempt = actions.start_quiz(step, at=timezone.now())
    first = next(iter(unanswered(attempt.snapshot, attempt.answers)), len(attempt.snapshot["questions"]))
    return redirect("progress:question", code=code, key=key, number=first)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def question(request: HttpRequest, code: str, key: UUID, number: int) -> HttpResponse:
    """One question. A post keeps the answer and goes back or on; a script's post only keeps it."""
    step = _quiz_for(request, code, key)
    attempt = open_attempt_of(step.enrolment, key)
    if attempt is None:
        return redirect("progress:activity", code=code, key=key)
    questions = attempt.snapshot["questions"]
    if not 1 <= number <= len(questions):
        raise Http404
    asked = questions[number - 1]
    if request.method == "POST":
        save_answer(attempt, asked["key"], answer_from(request.POST), at=timezone.now())
        if request.headers.get("accept", "").startswith("application/json"):
            return HttpResponse(status=204)
        return redirect(_after_answer(request.POST.get("go", ""), code, key, number, len(questions)))
    actions.keep_studying(step, position=number, at=timezone.now())
    context = {
        "section": "courses",
        "step": step,
        "attempt": attempt,
        "question": asked,
        "answer": attempt.answers.get(str(asked["key"]), []),
        "number": number,
        "total": len(questions),
    }
    return render(request, "progress/question.html", context)


@require_safe
@login_required
def review(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """What was answered and what was not, before handing in."""
    step = _quiz_for(request, code, key)
    attempt = open_attempt_of(step.enrolment, key)
    if attempt is None:
        return redirect("progress:activity", code=code, key=key)
    missing = unanswered(attempt.snapshot, attempt.answers)
    context = {
        "section": "courses",
        "step": step,
        "attempt": attempt,
        "questions": attempt.snapshot["questions"],
        "missing": missing,
    }
    return render(request, "progress/review.html", context)


@require_POST
@login_required
def submit(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Hand in. The sitting's own uuid is the key, so a second post shows the same result."""
    step = _quiz_for(request, code, key)
    form = SubmitForm(request.POST)
    if not form.is_valid():
        raise Http404
    attempt = own_attempt(step.enrolment, key, form.cleaned_data["key"])
    attempt = actions.submit_quiz(step, queries.quiz_page(step.item), {}, key=attempt.uuid, at=timezone.now())
    return redirect("progress:result", code=code, key=key, attempt=attempt.uuid)


@require_safe
@login_required
def result(request: HttpRequest, code: str, key: UUID, attempt: UUID) -> HttpResponse:
    """The marks, the explanation of every answer, and what to read again."""
    step = _quiz_for(request, code, key)
    sitting = own_attempt(step.enrolment, key, attempt)
    if sitting.submitted_at is None:
        return redirect("progress:activity", code=code, key=key)
    _before, after = step.course.around(key)
    context = {
        "section": "courses",
        "step": step,
        "result": queries.result_of(sitting),
        "read_again": queries.lessons_before(step.course, key),
        "quiz": queries.quiz_door(step.enrolment, step.item, attempts=handed_in(step.enrolment, key)),
        "after": after,
    }
    return render(request, "progress/result.html", context)


def _quiz_for(request: HttpRequest, code: str, key: UUID) -> Activity:
    step = access.activity_for(request.user, code, key)
    if step.item.kind != "quiz":
        raise Http404
    return step


def _after_answer(go: str, code: str, key: UUID, number: int, total: int) -> str:
    """Back, on, or to the check before handing in; any other word means on."""
    number += -1 if go == "back" else 1
    if number > total or go == "check":
        return reverse("progress:review", args=[code, key])
    return reverse("progress:question", args=[code, key, max(number, 1)])
