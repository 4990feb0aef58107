from .activity import ActivityMixin, InsideCourse
from .authors import CourseAuthors
from .files import CourseDocument, CourseImage, CourseMedia, CourseRendition
from .mapping import ModuleCompetency, QuestionCompetency
from .pages import (
    CatalogueIndexPage,
    CompetencyGoal,
    CourseLevel,
    CoursePage,
    LessonPage,
    ModulePage,
    TeachingLanguage,
)
from .quiz import Question, QuestionKind, QuizPage

__all__ = [
    "ActivityMixin",
    "CatalogueIndexPage",
    "CompetencyGoal",
    "CourseAuthors",
    "CourseDocument",
    "CourseImage",
    "CourseLevel",
    "CourseMedia",
    "CoursePage",
    "CourseRendition",
    "InsideCourse",
    "LessonPage",
    "ModuleCompetency",
    "ModulePage",
    "Question",
    "QuestionCompetency",
    "QuestionKind",
    "QuizPage",
    "TeachingLanguage",
]
