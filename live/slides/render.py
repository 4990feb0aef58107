"""Draws the pages of one PDF or of some pictures: `python -m live.slides.render FOLDER FILE…`

Runs as a process of its own, because the files come from anybody: it has little memory and time, no setting and no
secret of the site. Says one JSON object per line: {"pages": n}, then one per page as soon as its pictures stand in
FOLDER, or {"problem": code}.
"""

import hashlib
import json
import resource
import sys
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageOps

from live.slides.limits import LONGEST_TEXT, MOST_PAGES

WIDTHS = {"large": 1440, "small": 720}  # of the pictures, in points; a tall page is held to the same area
QUALITY = 82
MOST_POINTS = 60_000_000  # of a picture as it comes: more is a bomb or a poster
MEMORY = 1536 * 1024 * 1024
SECONDS = 240  # of processor
LARGEST_PICTURE = 24 * 1024 * 1024
PASSWORD = 4  # FPDF_ERR_PASSWORD


class Unusable(Exception):
    """Why, as a code of kinds.py."""


def limit_this_process() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_PICTURE, LARGEST_PICTURE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


def draw_pdf(file: Path, folder: Path) -> None:
    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        raise Unusable("password" if error.err_code == PASSWORD else "damaged") from None
    pages = len(document)
    if not pages:
        raise Unusable("damaged")
    if pages > MOST_PAGES:
        raise Unusable("too_many_pages")
    say(pages=pages)
    for number in range(1, pages + 1):
        try:
            page = document[number - 1]
            width, height = page.get_size()
            if not (width > 0 and height > 0):
                raise Unusable("damaged")
            scale = _fitting(width, height)
            # A page of one by ten thousand points is still a page: never less than a point wide.
            picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
            text = page.get_textpage().get_text_bounded()
        except pypdfium2.PdfiumError:
            raise Unusable("damaged") from None
        keep(picture, text, number, folder)
        page.close()


def draw_pictures(files: list[Path], folder: Path) -> None:
    say(pages=len(files))
    for number, file in enumerate(files, 1):
        try:
            with Image.open(file, formats=["PNG", "JPEG", "WEBP", "GIF"]) as opened:
                if opened.width * opened.height > MOST_POINTS:
                    raise Unusable("too_heavy")
                opened.draft("RGB", (2 * WIDTHS["large"], 2 * WIDTHS["large"]))
                upright = ImageOps.exif_transpose(opened)
                picture = Image.new("RGB", upright.size, "white")
                picture.paste(upright, mask=upright.convert("RGBA").getchannel("A"))
        except Image.DecompressionBombError:
            raise Unusable("too_heavy") from None
        except (OSError, ValueError, SyntaxError, EOFError):
            raise Unusable("damaged") from None
        keep(picture, "", number, folder)


def keep(picture: Image.Image, text: str, number: int, folder: Path) -> None:
    """Two sizes of one page, without whatever the file said of its camera or place."""
    digest = hashlib.sha256()
    size = (0, 0)
    for name, most in WIDTHS.items():
        factor = min(1.0, _fitting(*picture.size, most))
        fitted = picture.resize(
            (max(1, round(picture.width * factor)), max(1, round(picture.height * factor))),
            Image.Resampling.LANCZOS,
        )
        size = size if size[0] else fitted.size
        target = folder / f"{number}-{name}.webp"
        fitted.save(target, "WEBP", quality=QUALITY, method=3)
        digest.update(target.read_bytes())
    say(page=number, digest=digest.hexdigest()[:32], width=size[0], height=size[1], text=_readable(text))


def _fitting(width: float, height: float, most: int = WIDTHS["large"]) -> float:
    """The factor that brings a page to the width of a slide, or a tall one to about the same area."""
    return min(most / width, 1.25 * most / height)


def _readable(text: str) -> str:
    """Without halves of characters and marks that no eye sees; whole words up to the limit."""
    text = (
        text.encode("utf-8", "ignore")
        .decode()
        .replace("\r\n", "\n")
        .replace("\ufffe", "")
        .replace("\x02", "")
    )
    lines = (" ".join(line.split()) for line in text.replace("\r", "\n").split("\n"))
    text = "\n".join(line for line in lines if line)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1].rsplit(" ", 1)[0] + "…"


def main(arguments: list[str]) -> None:
    folder, files = Path(arguments[0]), [Path(name) for name in arguments[1:]]
    limit_this_process()
    try:
        with files[0].open("rb") as first:
            is_pdf = b"%PDF-" in first.read(1024)
        if is_pdf:
            draw_pdf(files[0], folder)
        else:
            draw_pictures(files, folder)
    except Unusable as why:
        say(problem=str(why))
    except MemoryError:
        say(problem="too_heavy")


if __name__ == "__main__":
    main(sys.argv[1:])
