"""The evidence for one competency of one person: seen, proposed by a trainer, decided by who answers for the edition."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.signing import seals

from .. import access, actions, queries, rules
from ..forms import AwardForm, ObserveForm, ProposeForm, RectifyForm, SendBackForm
from .records import record_context

PER_PAGE = 25
SECTION = "competencies"


@login_required
def award(request: HttpRequest, code: str, uuid: UUID, competency: UUID) -> HttpResponse:
    """The evidence for one competency of one person, and the responsible person's yes."""
    enrolment = access.enrolment_to_award(request.user, code, uuid)
    goal = access.goal_for(enrolment, competency)
    evidence = queries.evidence_for(enrolment, goal)
    form, changed = _confirmed(request, evidence, AwardForm)
    if form.is_valid():
        actions.award(
            enrolment,
            goal.competency,
            level=goal.level,
            evidence=evidence,
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("Awarded. The record goes to the consortium by itself."))
        return redirect("competencies:edition", code=code)
    return _page(request, enrolment, goal, evidence, {"form": form}, changed=changed)


@login_required
def attendance(request: HttpRequest, code: str, uuid: UUID) -> HttpResponse:
    """The hours of one person, and the certificate of attendance."""
    enrolment = access.enrolment_to_award(request.user, code, uuid)
    evidence = queries.evidence_for(enrolment)
    form, changed = _confirmed(request, evidence, AwardForm)
    if form.is_valid():
        actions.certify_attendance(enrolment, evidence=evidence, by=request.user, at=timezone.now())
        messages.success(request, _("Awarded. The record goes to the consortium by itself."))
        return redirect("competencies:edition", code=code)
    return _page(request, enrolment, None, evidence, {"form": form}, changed=changed)


@require_POST
@login_required
def propose(request: HttpRequest, code: str, uuid: UUID, competency: UUID) -> HttpResponse:
    """The trainer's proposal, on the evidence that stood on the page."""
    enrolment = access.enrolment_to_award(request.user, code, uuid)
    goal = access.goal_for(enrolment, competency)
    evidence = queries.evidence_for(enrolment, goal)
    form, changed = _confirmed(request, evidence, ProposeForm)
    if not form.is_valid():
        return _page(request, enrolment, goal, evidence, {"propose_form": form}, changed=changed)
    actions.propose(
        enrolment,
        goal.competency,
        level=goal.level,
        evidence=evidence,
        note=form.cleaned_data["note"],
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, _("Proposed. The training director sees it and decides."))
    return redirect("competencies:award", code=code, uuid=uuid, competency=competency)


@require_POST
@login_required
def observe(request: HttpRequest, code: str, uuid: UUID, competency: UUID) -> HttpResponse:
    """What a trainer saw the person do."""
    enrolment = access.enrolment_to_award(request.user, code, uuid)
    goal = access.goal_for(enrolment, competency)
    form = ObserveForm(request.POST)
    if not form.is_valid():
        evidence = queries.evidence_for(enrolment, goal)
        return _page(request, enrolment, goal, evidence, {"observe_form": form}, status=400)
    actions.observe(
        enrolment, goal.competency, level=goal.level, by=request.user, at=timezone.now(), **form.cleaned_data
    )
    messages.success(request, _("Written. It now stands among the evidence."))
    return redirect("competencies:award", code=code, uuid=uuid, competency=competency)


@require_safe
@login_required
def to_decide(request: HttpRequest) -> HttpResponse:
    """What was proposed in the editions for which this person answers, oldest first."""
    page = Paginator(access.proposals_to_decide(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "competencies/to_decide.html", {"page": page, "section": SECTION})


@require_POST
@login_required
def send_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The responsible person's not yet, with what is missing."""
    proposal = access.proposal_to_decide(request.user, uuid)
    form = SendBackForm(request.POST)
    enrolment = proposal.enrolment
    if not form.is_valid():
        goal = access.goal_for(enrolment, proposal.competency.uuid)
        evidence = queries.evidence_for(enrolment, goal)
        return _page(request, enrolment, goal, evidence, {"back_form": form}, status=400)
    actions.send_back(proposal, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    messages.success(request, _("Sent back. The trainer finds your reason beside the evidence."))
    return redirect(
        "competencies:award",
        code=enrolment.edition.code,
        uuid=enrolment.uuid,
        competency=proposal.competency.uuid,
    )


@require_POST
@login_required
def rectify(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put an award right: the wrong record is revoked, another takes its place."""
    found = access.record_to_rectify(request.user, uuid)
    form = RectifyForm(request.POST, level=found.level, levels=queries.levels_of(found))
    if not form.is_valid() or found.competency is None:
        context = record_context(request.user, found) | {"rectify_form": form}
        return render(request, "competencies/record.html", context, status=400)
    goal = access.goal_for(found.enrolment, found.competency.uuid)
    right = actions.rectify(
        found,
        level=form.cleaned_data["level"],
        code=form.cleaned_data["code"],
        reason=form.cleaned_data["reason"],
        evidence=queries.evidence_for(found.enrolment, goal),
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, _("Put right. The old record is marked, the new one takes its place."))
    return redirect("competencies:record", uuid=right.uuid)


def _confirmed(request: HttpRequest, evidence: rules.Evidence, form_class: Any) -> tuple[Any, bool]:
    """What was confirmed must be what was seen: if the evidence has changed meanwhile, it is shown again."""
    seen = rules.evidence_digest(evidence)
    changed = request.method == "POST" and request.POST.get("seen") != seen
    return form_class(None if changed else request.POST or None, initial={"seen": seen}), changed


def _page(
    request: HttpRequest,
    enrolment: Any,
    goal: queries.Goal | None,
    evidence: rules.Evidence,
    forms: dict[str, Any],
    *,
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    gaps = rules.missing(evidence) if goal else rules.hours_missing(evidence)
    edition, seen = enrolment.edition, {"seen": rules.evidence_digest(evidence)}
    works, decides = access.awards_in(request.user, edition), access.decides_in(request.user, edition)
    context = {
        "section": SECTION,
        "enrolment": enrolment,
        "edition": edition,
        "goal": goal,
        "evidence": evidence,
        "gaps": [queries.sentence(gap) for gap in gaps],
        "record": queries.standing_award(enrolment, goal),
        "works": works,
        "sealed": seals.configured(),
        "changed": changed,
        "form": AwardForm(initial=seen),
    }
    if goal:
        proposal = queries.open_proposal(enrolment, goal.competency, goal.level)
        context |= {
            "observations": queries.observations_of(enrolment, goal.competency),
            "proposals": queries.proposals_of(enrolment, goal.competency),
            "proposal": proposal,
            "decides": decides and proposal is not None and proposal.by_id != request.user.pk,
            "propose_form": ProposeForm(initial=seen),
            "observe_form": ObserveForm(initial={"seen_on": timezone.localdate()}),
            "back_form": SendBackForm(),
        }
    return render(request, "competencies/award.html", context | forms, status=409 if changed else status)
