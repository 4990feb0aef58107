"""Registers from the command line: check one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from lms.attendance import anchors, checking
from lms.attendance.models import Register
from lms.attendance.queries import verify


class Command(BaseCommand):
    help = (
        "register verify CODE [--anchor FILE …]: check chain, signatures, anchors and tables. "
        "register paper FILE: check a PDF."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        check = words.add_parser("verify", help="check one register; exit code 1 when it is not intact")
        check.add_argument("code")
        check.add_argument(
            "--anchor",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="an anchor that somebody kept: a JSON file, a message, a PDF of the register; may be repeated",
        )
        paper = words.add_parser(
            "paper", help="check a PDF of a register, with its seal; exit code 1 when not whole"
        )
        paper.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(translation.get_language() or "it"):
            if options["word"] == "paper":
                self._paper(options["file"])
            else:
                self._verify(options["code"], options["anchor"])

    def _paper(self, file: Path) -> None:
        try:
            checked = checking.check_paper(file.read_bytes())
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        if checked.seal and checked.seal.signer:
            time = f", {checked.seal.sealed_at:%Y-%m-%d %H:%M:%S %z}" if checked.seal.sealed_at else ""
            dated = "by a timestamp authority" if checked.seal.timestamped else "by its maker"
            self.stdout.write(f"sealed by {checked.seal.signer}{time} ({dated})")
        for complaint in checked.complaints:
            self.stdout.write(f"  {complaint.sentence} [{complaint.code}]")
        for finding in checked.findings:
            self.stdout.write(f"  {finding.where}: {finding.sentence} [{finding.fault.code}]")
        if checked.state != checking.WHOLE:
            raise CommandError("NOT WHOLE", returncode=1)
        self.stdout.write(f"WHOLE: {checked.code}")

    def _verify(self, code: str, files: list[Path]) -> None:
        register = Register.objects.filter(code=code).first()
        if register is None:
            raise CommandError(f"There is no register {code}.")
        verdict = verify(register, kept=[anchor for file in files for anchor in self._read(file)])
        self.stdout.write(
            f"{code}: {verdict.entries} entries, {verdict.pages} pages, {verdict.anchors} anchors, "
            f"{verdict.timestamps} timestamps, head {verdict.head[:16]}"
        )
        for finding in verdict.findings:
            self.stdout.write(f"  {finding.where}: {finding.sentence} [{finding.fault.code}]")
        if verdict.findings:
            first = verdict.findings[0]
            raise CommandError(f"NOT INTACT. First fault: {first.where}: {first.sentence}", returncode=1)
        self.stdout.write("INTACT")

    def _read(self, file: Path) -> list[Any]:
        try:
            found = anchors.anchors_in(file.read_bytes(), file.name)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        if not found:
            raise CommandError(f"{file} holds no anchor of a register.")
        return found
