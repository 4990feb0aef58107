"""manage.py import_digcomp [PATH]: DigComp from the CSV files of its data supplement."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from courses.frameworks import importers


class Command(BaseCommand):
    help = (
        "Imports DigComp from a folder with core-framework.en.csv, levels.en.csv, statements.en.csv and "
        "outcomes.en.csv; without a folder, our own short list of areas and competences. Can be run again: "
        "what is there is updated, a new --release comes beside the old one."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("path", nargs="?", type=Path, help="the folder of the CSV files")
        parser.add_argument("--release", default="3.0", help="version of the framework (default: 3.0)")
        parser.add_argument("--strict", action="store_true", help="change nothing if any row is wrong")

    def handle(self, *args, path: Path | None, release: str, strict: bool, **options) -> None:
        try:
            if path is None:
                reports = importers.import_core()
            else:
                source = importers.read_digcomp(path, release)
                if strict and source.problems:
                    self._list(source.problems)
                    raise CommandError(f"{len(source.problems)} rows are wrong. Nothing was changed.")
                reports = [importers.load(source, self._tell)]
        except importers.NotAFramework as error:
            raise CommandError(str(error)) from error
        for report in reports:
            self._list(report.problems)
            self.stdout.write(
                f"{report.framework}: {report.created} new, {report.updated} changed, "
                f"{report.unchanged} as they were, {len(report.problems)} rows left out."
            )

    def _tell(self, report: importers.Report, done: int, of: int) -> None:
        self.stdout.write(f"  {done} of {of}")

    def _list(self, problems: list[importers.Problem]) -> None:
        for problem in problems:
            self.stderr.write(f"  left out: {problem}")
