"""Turns the drawings into the small pictures of demo/media, with the system's Chromium. For authors only."""

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from .make import DRAWINGS, svg

MEDIA = Path(__file__).resolve().parents[1] / "media"


def main() -> None:
    MEDIA.mkdir(exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 720, "height": 405}, device_scale_factor=1.5)
        for name, body in DRAWINGS.items():
            page.set_content(f"<style>body{{margin:0}}</style>{svg(body)}")
            picture = Image.open(io.BytesIO(page.screenshot()))
            picture.convert("RGB").save(MEDIA / f"{name}.webp", quality=82, method=6)
        browser.close()


if __name__ == "__main__":
    main()
