"""What the database may know, and in which direction it may point."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

ROOMS = ["live", "lms", "courses", "cms"]
INSIDE_LMS = [
    "dashboards",
    "consortium",
    "competencies",
    "progress",
    "attendance",
    "assessments",
    "enrolments",
    "notifications",
    "people",
    "audit",
]
#: app label → height: nothing points at a greater one
HEIGHT = {"live": 100, "courses": 5, "frameworks": 4, "cms": 1} | {
    name: 50 - position for position, name in enumerate(INSIDE_LMS)
}
OURS = [model for model in apps.get_models() if model._meta.app_label in HEIGHT]


def foreign_keys():
    for model in OURS:
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and field.related_model is not None:
                yield model, field, field.related_model


def test_no_foreign_key_points_upward():
    up = [
        f"{model._meta.label}.{field.name} → {target._meta.label}"
        for model, field, target in foreign_keys()
        if HEIGHT.get(target._meta.app_label, 0) > HEIGHT[model._meta.app_label]
        and target._meta.label != settings.AUTH_USER_MODEL
        and not isinstance(field, type(None))
    ]
    assert not up, up


def test_no_migration_depends_upward():
    loader = MigrationLoader(None)
    user_app = settings.AUTH_USER_MODEL.split(".")[0]
    up = [
        f"{app}.{name} → {parent[0]}.{parent[1]}"
        for (app, name), migration in loader.disk_migrations.items()
        if app in HEIGHT
        for parent in migration.dependencies
        if HEIGHT.get(parent[0], 0) > HEIGHT[app] and parent[0] not in {user_app, "__setting__"}
    ]
    assert not up, up


def test_no_content_model_names_a_person():
    """Privacy is a folder: courses and cms know no learner. Wagtail's own owner and uploader columns stay."""
    allowed = {"owner", "locked_by", "uploaded_by_user"}
    named = [
        f"{model._meta.label}.{field.name}"
        for model, field, target in foreign_keys()
        if model._meta.app_label in {"courses", "cms", "frameworks"}
        and target._meta.label == settings.AUTH_USER_MODEL
        and field.name not in allowed
    ]
    assert not named, named


def points_at_a_person(model) -> bool:
    return model._meta.label == settings.AUTH_USER_MODEL or any(
        owner is model and target._meta.label == settings.AUTH_USER_MODEL
        for owner, _, target in foreign_keys()
    )


@pytest.mark.parametrize(
    "model",
    [
        model
        for model in OURS
        if points_at_a_person(model) and model._meta.app_label not in {"courses", "cms"}
    ],
    ids=lambda model: model._meta.label,
)
def test_personal_data_says_whose_why_and_how_long(model):
    if model._meta.auto_created:
        pytest.skip("a table that only joins two others")
    for attribute in ("whose", "basis", "retention"):
        assert isinstance(getattr(model, attribute, None), str), f"{model._meta.label} lacks `{attribute}`"


def test_migrations_are_named_and_linear():
    loader = MigrationLoader(None)
    wrong = []
    for app in HEIGHT:
        leaves = [node for node in loader.graph.leaf_nodes() if node[0] == app]
        if len(leaves) > 1:
            wrong.append(f"{app}: two last migrations {leaves}")
        numbers = sorted(name[:4] for label, name in loader.disk_migrations if label == app)
        if numbers != [f"{index:04d}" for index in range(1, len(numbers) + 1)]:
            wrong.append(f"{app}: numbers {numbers}")
        wrong += [
            f"{app}.{name}: give it a name"
            for label, name in loader.disk_migrations
            if label == app and re.search(r"_auto_\d|_and_more", name)
        ]
    assert not wrong, wrong


def test_models_say_what_one_row_is():
    """The first docstring line is a fact, not a repetition of the class name."""
    silent = [
        model._meta.label
        for model in OURS
        if not model._meta.auto_created
        and (not model.__doc__ or model.__doc__.startswith(f"{model.__name__}("))
    ]
    assert not silent, silent


def test_python_files_stay_readable():
    root = Path(settings.BASE_DIR)
    long = [
        f"{path.relative_to(root)}: {lines}"
        for folder in (*ROOMS, "tests", "scripts", "benchmarks", "demo")
        for path in (root / folder).rglob("*.py")
        if "migrations" not in path.parts and (lines := sum(1 for _ in path.open(encoding="utf-8"))) > 440
    ]
    assert not long, long
