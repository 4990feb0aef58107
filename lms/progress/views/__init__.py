from .course import course_map, courses
from .files import course_file
from .hours import help_page, hours, note
from .lesson import activity, finish, study
from .quiz import question, result, review, start, submit

__all__ = [
    "activity",
    "course_file",
    "course_map",
    "courses",
    "finish",
    "help_page",
    "hours",
    "note",
    "question",
    "result",
    "review",
    "start",
    "study",
    "submit",
]
