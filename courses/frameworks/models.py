"""What can be learned, as the frameworks name it: reference data, imported or copied from an official sheet."""

import uuid

from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .folding import fold


class Translated(models.Model):
    """Words in the framework's own language, and translations of them beside.

    `translations` is {"it": {"title": "…", "description": "…", "alternatives": ["…"]}}. The official words are
    never replaced. Whether a translation is the publisher's own is said once, by the framework.
    """

    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        abstract = True

    def in_words(self, field: str) -> str:
        """The title or description in the reader's language where we have it, else the official one."""
        ours = self.translations.get((get_language() or "")[:2], {})
        return ours.get(field) or getattr(self, field)

    @property
    def is_translated_by_us(self) -> bool:
        """Whether the reader sees words of ours and not the publisher's."""
        language = (get_language() or "")[:2]
        return bool(self.translations.get(language)) and language not in self.framework.official_languages

    @property
    def local_title(self) -> str:
        return self.in_words("title")

    @property
    def local_description(self) -> str:
        return self.in_words("description")


class Framework(models.Model):
    """One row per version of one framework (DigComp 3.0). A new version is a new row beside the old.

    It counts as `ready` once its import has run to the end: only then is it offered, and supersedes an older one.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(_("code"), max_length=60)
    version = models.CharField(_("version"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    uri = models.URLField(max_length=500, blank=True)
    official_languages = models.JSONField(
        _("languages with an official translation"),
        default=list,
        blank=True,
        help_text='Language codes, for example ["it", "fr"]. Translations in other languages are ours.',
    )
    ready = models.BooleanField(_("ready"), default=True)
    by_hand = models.BooleanField(
        _("entered by hand"),
        default=False,
        help_text="Copied sheet by sheet: it can be completed in the editor.",
    )
    superseded_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="supersedes"
    )

    class Meta:
        verbose_name = _("framework")
        verbose_name_plural = _("frameworks")
        ordering = ["title", "version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="framework_version_once")]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("frameworks:framework", args=[self.code, self.version])


class Level(Translated):
    """One row per level of one framework, lowest first."""

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="levels")
    code = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        ordering = ["framework", "position"]
        constraints = [models.UniqueConstraint(fields=["framework", "code"], name="level_code_once")]

    def __str__(self) -> str:
        return self.local_title


class Kind(models.TextChoices):
    AREA = "area", _("Area")
    COMPETENCE = "competence", _("Competence")
    STATEMENT = "statement", _("Statement")
    OUTCOME = "outcome", _("Learning outcome")
    PROFILE = "profile", _("Professional profile")
    ABILITY = "ability", _("Ability")
    KNOWLEDGE = "knowledge", _("Knowledge")
    ACTIVITY = "activity", _("Activity")
    ADA = "ada", _("Area of activity (ADA)")


class Competency(Translated):
    """One row per node of one framework version: an area, a profile, a competence, a learning outcome, an ability.

    `parent` is the place where it is shown; whatever else the source says of two nodes is a Relation.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="competencies")
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    code = models.CharField(_("code"), max_length=60)
    title = models.CharField(_("title"), max_length=500)
    description = models.TextField(_("description"), blank=True)
    result = models.TextField(_("expected result"), blank=True)
    level = models.ForeignKey(Level, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    uri = models.URLField(max_length=500, blank=True)
    source = models.CharField(
        _("read in"),
        max_length=300,
        blank=True,
        help_text="Of what was copied by hand: the sheet and its day.",
    )
    words = models.TextField(editable=False, blank=True, help_text="Code and words in all languages, folded.")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("competency")
        verbose_name_plural = _("competencies")
        ordering = ["framework", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "kind", "code"], name="competency_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.local_title}"

    def save(self, *args, **kwargs) -> None:
        self.words = self.folded()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("frameworks:competency", args=[self.uuid])

    def folded(self) -> str:
        """Everything by which it can be found, without case and accents: the same search on every database."""
        said = [self.code, self.title, self.description, self.result]
        for words in self.translations.values():
            said += [words.get("title", ""), words.get("description", ""), *words.get("alternatives", ())]
        return fold(" ".join(said))


class RelationKind(models.TextChoices):
    """The relations that repertories, ESCO and CASE know; the reverse of each is read backwards."""

    PART = "part", _("Also part of")
    COVERS = "covers", _("Belongs to the area of activity")
    ESSENTIAL = "essential", _("Essential for")
    OPTIONAL = "optional", _("Useful for")
    BROADER = "broader", _("More general")
    RELATED = "related", _("Related")
    EXACT = "exact", _("The same, in another framework")
    CLOSE = "close", _("Nearly the same, in another framework")
    REPLACED = "replaced", _("Replaced by")


class Relation(models.Model):
    """One row per thing that a source says of two competencies, besides the place of each in its tree.

    `subject` is what the sentence is about: the competence (subject) is "also part of" the profile (target).
    """

    kind = models.CharField(_("kind"), max_length=12, choices=RelationKind.choices)
    subject = models.ForeignKey(Competency, on_delete=models.CASCADE, related_name="relations")
    target = models.ForeignKey(Competency, on_delete=models.CASCADE, related_name="related_from")

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        ordering = ["kind", "target__position", "id"]
        constraints = [models.UniqueConstraint(fields=["kind", "subject", "target"], name="relation_once")]

    def __str__(self) -> str:
        return f"{self.subject} · {self.get_kind_display()} · {self.target}"


class ImportState(models.TextChoices):
    WAITING = "waiting", _("Waiting for the worker")
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Stopped")


def _uploads():
    return storages["private"]


def _upload_name(row: "FrameworkImport", name: str) -> str:
    return f"frameworks/{row.uuid}{'.json' if name.lower().endswith('.json') else '.zip'}"


class FrameworkImport(models.Model):
    """One row per file of a framework that an editor brought: how far its import is, and what it left out."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    format = models.CharField(_("format"), max_length=20)
    code = models.SlugField(max_length=60)
    version = models.CharField(_("version"), max_length=40)
    file = models.FileField(storage=_uploads, upload_to=_upload_name, blank=True)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    problems = models.JSONField(
        default=list, help_text="[file, row, sentence] of each row left out or doubled."
    )
    why = models.TextField(blank=True, help_text="Why it stopped, in a sentence.")
    framework = models.ForeignKey(Framework, on_delete=models.SET_NULL, null=True, related_name="imports")
    asked_at = models.DateTimeField(_("asked"))
    claimed_until = models.DateTimeField(
        null=True, help_text="Renewed with every batch; past: its worker died."
    )
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import of a framework")
        verbose_name_plural = _("imports of frameworks")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"],
                condition=Q(state__in=["waiting", "running"]),
                name="import_one_at_a_time",
                violation_error_message=_("This version is being imported already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version} · {self.state}"

    @property
    def under_way(self) -> bool:
        return self.state in (ImportState.WAITING, ImportState.RUNNING)
