"""Who may write in a course: a group, never a person."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CourseAuthors(models.Model):
    """One row per course: the Wagtail group of its authors and the private collection of its files.

    People enter the group by `lms.enrolments.actions.assign_author`; nothing here names them.
    """

    course = models.OneToOneField("courses.CoursePage", on_delete=models.CASCADE, related_name="authors")
    group = models.OneToOneField("auth.Group", on_delete=models.PROTECT, related_name="+")
    collection = models.OneToOneField("wagtailcore.Collection", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("authors of a course")
        verbose_name_plural = _("authors of courses")

    def __str__(self) -> str:
        return self.group.name
