"""Who may write what: one group and one private collection per course, and the training direction.

Content is permitted by Wagtail's own groups (records are not: see the access modules of lms). A trainer is
put into the group of a course by `lms.enrolments.actions.assign_author`.
"""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)
from wagtail.permissions import policy_registry

from courses.models import CourseAuthors, CourseDocument, CourseImage, CourseMedia, CoursePage

DIRECTION = "Direzione didattica"
REVIEW = "Revisione della direzione didattica"

# The collection permissions of custom models stay on the models of Wagtail's own apps.
FILES = (("wagtailimages", "image"), ("wagtaildocs", "document"), ("wagtailmedia", "media"))


@transaction.atomic
def author_group(course: CoursePage) -> Group:
    """The group of this course's authors, with all it needs to write there and nowhere else.

    Safe to call twice: it makes what is missing. A copied course has none until this is called for it.
    """
    authors = CourseAuthors.objects.select_related("group", "collection").filter(course=course).first()
    if authors is None:
        name = f"Autori: {course.title}"[:120]
        authors = CourseAuthors.objects.create(
            course=course,
            group=Group.objects.create(name=f"{name} ({course.pk})"),
            collection=Collection.get_first_root_node().add_child(name=f"Corso: {course.title}"[:240]),
        )
    group, collection = authors.group, authors.collection
    group.permissions.add(_permission("wagtailadmin", "access_admin"))
    for codename in ("add_page", "change_page"):
        GroupPagePermission.objects.get_or_create(
            group=group, page=course.page_ptr, permission=_permission("wagtailcore", codename)
        )
    for app, name in FILES:
        for verb in ("add", "change", "choose"):
            if permission := _permission(app, f"{verb}_{name}"):
                GroupCollectionPermission.objects.get_or_create(
                    group=group, collection=collection, permission=permission
                )
    CollectionViewRestriction.objects.get_or_create(
        collection=collection, restriction_type=CollectionViewRestriction.LOGIN
    )
    WorkflowPage.objects.update_or_create(page=course.page_ptr, defaults={"workflow": review_workflow()})
    return group


def leave_author_groups(user: AbstractBaseUser) -> None:
    """Take this person out of the authors of every course. Takes no lock; safe to call twice."""
    user.groups.remove(*Group.objects.filter(pk__in=CourseAuthors.objects.values("group")))  # type: ignore[attr-defined]


def collection_of(course: CoursePage) -> Collection:
    """The private collection of this course's files; made with its group if there is none yet."""
    author_group(course)
    return CourseAuthors.objects.get(course=course).collection


@transaction.atomic
def direction_group() -> Group:
    """The training direction: writes and publishes everywhere, and approves what trainers submit.

    Publishing is part of approving: without `publish_page` Wagtail stops at the end of the workflow.
    Safe to call twice.
    """
    group, _created = Group.objects.get_or_create(name=DIRECTION)
    group.permissions.add(_permission("wagtailadmin", "access_admin"))
    if importing := _permission("frameworks", "add_framework"):
        group.permissions.add(importing)
    root = Page.get_first_root_node()
    for codename in (
        "add_page",
        "change_page",
        "publish_page",
        "bulk_delete_page",
        "lock_page",
        "unlock_page",
    ):
        if permission := _permission("wagtailcore", codename):
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    collection = Collection.get_first_root_node()
    for app, name in FILES:
        for verb in ("add", "change", "choose"):
            if permission := _permission(app, f"{verb}_{name}"):
                GroupCollectionPermission.objects.get_or_create(
                    group=group, collection=collection, permission=permission
                )
    return group


def review_workflow() -> Workflow:
    """Trainer submits, training direction approves and so publishes. Safe to call twice."""
    workflow, created = Workflow.objects.get_or_create(name=REVIEW)
    if created:
        task = GroupApprovalTask.objects.create(name=REVIEW)
        task.groups.set([direction_group()])
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    return workflow


def may_use_file(
    user: AbstractBaseUser | AnonymousUser, file: CourseImage | CourseDocument | CourseMedia
) -> bool:
    """Whether this author may see the file: Wagtail's own answer for choosing or changing it."""
    policy = policy_registry.get_by_type(type(file))
    return policy.user_has_any_permission_for_instance(user, ["choose", "change"], file)


def _permission(app: str, codename: str) -> Permission | None:
    return Permission.objects.filter(content_type__app_label=app, codename=codename).first()
