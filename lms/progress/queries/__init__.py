"""Where learners stand, without asking who reads."""

from .course import (
    ActivityView,
    ClassView,
    CourseMap,
    ModuleView,
    activity_url,
    class_view,
    completed_keys,
    course_map,
    lesson_body,
    lessons_before,
    progress_of,
)
from .hours import CourseHours, hours_of, team_of, tutors_of
from .next import NextThing, next_thing, percent_done
from .quiz import QuizDoor, Result, quiz_door, quiz_page, result_of

__all__ = [
    "ActivityView",
    "ClassView",
    "CourseHours",
    "CourseMap",
    "ModuleView",
    "NextThing",
    "QuizDoor",
    "Result",
    "activity_url",
    "class_view",
    "completed_keys",
    "course_map",
    "hours_of",
    "lesson_body",
    "lessons_before",
    "next_thing",
    "percent_done",
    "progress_of",
    "quiz_door",
    "quiz_page",
    "result_of",
    "team_of",
    "tutors_of",
]
