"""Importing a framework from the editor's page: keep the file, let the worker write it, go on after a kill."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from . import importers
from .models import FrameworkImport, ImportState

CLAIM = timedelta(minutes=2)  # longer than any batch takes; renewed with each
LARGEST = 60 * 1024 * 1024  # of all files unpacked: ESCO in one language has 30 MB
MOST_ENTRIES = 200


def files_of(format: str, uploads: Sequence[Any]) -> dict[str, bytes]:
    """The files that this format needs, from those uploaded: one by one, or in one ZIP. ValidationError says why not."""
    form = importers.FORMATS[format]
    given: dict[str, bytes] = {}
    for upload in uploads:
        if upload.size > LARGEST:
            raise ValidationError(_("The file is larger than 60 MB."), code="import.size")
        given |= (
            _unzipped(upload) if upload.name.lower().endswith(".zip") else {_base(upload.name): upload.read()}
        )
    if not form.files:
        return dict(list(given.items())[:1])
    missing = [name for name in form.files if name not in given]
    if missing:
        raise ValidationError(
            _("These files are missing: %(names)s. Send them all, or in one ZIP."),
            code="import.missing",
            params={"names": ", ".join(missing)},
        )
    return {name: given[name] for name in form.files}


def _base(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _unzipped(upload: Any) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(upload) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir()]
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST:
                raise ValidationError(_("The ZIP holds more than 60 MB or 200 files."), code="import.size")
            return {_base(entry.filename): packed.read(entry) for entry in entries}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise ValidationError(_("This ZIP cannot be opened. Make it again."), code="import.zip") from error


def start_import(
    format: str, files: Mapping[str, bytes], *, version: str, at: datetime, enqueue: Callable[[int], object]
) -> FrameworkImport:
    """Keep the files and ask the worker to write them. ValidationError if they are not what was promised, or if
    the same version is being imported. `enqueue` is called after commit."""
    form = importers.FORMATS[format]
    try:
        source = form.read(files, version or form.version)
    except importers.NotAFramework as error:
        raise ValidationError(str(error), code="import.not_it") from error
    row = FrameworkImport(
        format=format,
        code=source.framework["code"],
        version=source.framework["version"],
        total=len(source.nodes) + len(source.links),
        asked_at=at,
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    try:
        with transaction.atomic():
            row.file.save("import.zip", ContentFile(packed.getvalue()), save=True)
            transaction.on_commit(lambda: enqueue(row.pk))
    except IntegrityError as error:
        row.file.delete(save=False)
        raise ValidationError(
            _("This version is being imported already. Look at how far it is."), code="import.twice"
        ) from error
    return row


def run_import(import_id: int, *, now: Callable[[], datetime]) -> bool:
    """Write one waiting import to its end; False when it is done, or another worker has it.

    Every batch is committed with how far it is, so that a killed worker's import goes on from there when its
    claim has run out. Safe to call at any time.
    """
    at = now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=at)
    waiting = FrameworkImport.objects.filter(
        free, pk=import_id, state__in=[ImportState.WAITING, ImportState.RUNNING]
    )
    if not waiting.update(claimed_until=at + CLAIM, state=ImportState.RUNNING):
        return False
    row = FrameworkImport.objects.get(pk=import_id)
    before = (row.created, row.updated)

    def tell(report: importers.Report, done: int, of: int) -> None:
        FrameworkImport.objects.filter(pk=import_id).update(
            framework=report.framework,
            done=done,
            total=of,
            claimed_until=now() + CLAIM,
            **_counts(before, report),
        )

    try:
        with zipfile.ZipFile(row.file) as packed:
            files = {name: packed.read(name) for name in packed.namelist()}
        source = importers.FORMATS[row.format].read(files, row.version)
        report = importers.load(source, tell)
    except (importers.NotAFramework, zipfile.BadZipFile, FileNotFoundError) as error:
        _end(row, at=now(), state=ImportState.FAILED, why=str(error))
        return True
    problems = [[problem.file, problem.row, problem.sentence] for problem in report.problems]
    _end(
        row,
        at=now(),
        state=ImportState.DONE,
        framework=report.framework,
        problems=problems,
        done=F("total"),
        **_counts(before, report),
    )
    return True


def _counts(before: tuple[int, int], report: importers.Report) -> dict[str, int]:
    """What an earlier, cut off run wrote counts as written by this import, not as found."""
    created, updated = before
    return {
        "created": created + report.created,
        "updated": updated + report.updated,
        "unchanged": max(report.unchanged - created - updated, 0),
    }


def _end(row: FrameworkImport, *, at: datetime, **fields: Any) -> None:
    FrameworkImport.objects.filter(pk=row.pk).update(finished_at=at, claimed_until=None, file="", **fields)
    row.file.delete(save=False)


def imports_to_run(*, at: datetime) -> list[int]:
    """Imports that wait, or whose worker died."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=at)
    found = FrameworkImport.objects.filter(free, state__in=[ImportState.WAITING, ImportState.RUNNING])
    return list(found.order_by("pk").values_list("pk", flat=True)[:10])
