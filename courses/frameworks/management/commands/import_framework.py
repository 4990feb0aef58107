"""manage.py import_framework FORMAT PATH: a framework from its files, as the editor's page does it."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from courses.frameworks import importers


class Command(BaseCommand):
    help = (
        "Imports a framework: `digcomp FOLDER`, `calabria FOLDER`, `ours FILE.json`. Can be run again: what is "
        "there is left as it is, what was cut off goes on, a new --release comes beside the old one."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("format", choices=sorted(importers.FORMATS))
        parser.add_argument("path", type=Path, help="the folder of the files, or the JSON file")
        parser.add_argument(
            "--release", default="", help="version of the framework (default: the format's own)"
        )
        parser.add_argument("--strict", action="store_true", help="change nothing if any row is wrong")

    def handle(self, *args, format: str, path: Path, release: str, strict: bool, **options) -> None:
        form = importers.FORMATS[format]
        try:
            files = importers.files_in(path, form.files) if form.files else {path.name: path.read_bytes()}
            source = form.read(files, release or form.version)
        except (importers.NotAFramework, OSError) as error:
            raise CommandError(str(error)) from error
        if strict and source.problems:
            self._list(source.problems)
            raise CommandError(f"{len(source.problems)} rows are wrong. Nothing was changed.")
        report = importers.load(source, self._tell)
        self._list(report.problems)
        self.stdout.write(
            f"{report.framework}: {report.created} new, {report.updated} changed, "
            f"{report.unchanged} as they were, {len(report.problems)} rows to look at."
        )

    def _tell(self, report: importers.Report, done: int, of: int) -> None:
        self.stdout.write(f"  {done} of {of}")

    def _list(self, problems: list[importers.Problem]) -> None:
        for problem in problems:
            self.stderr.write(f"  {problem}")
