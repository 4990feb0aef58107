"""Files as trainers bring them, and as nobody should: made here, so that none is kept in the project."""

import io

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def pdf(*texts: str, password: str = "") -> bytes:
    """One page per text, 16:9, in the reader's own Helvetica."""
    document = pikepdf.new()
    for text in texts:
        page = document.add_blank_page(page_size=(720, 405))
        words = text.encode("cp1252").replace(b"\\", b"").replace(b"(", b"\\(").replace(b")", b"\\)")
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = document.make_stream(b"BT /F1 40 Tf 60 300 Td (" + words + b") Tj ET")
    out = io.BytesIO()
    locked = pikepdf.Encryption(user=password, owner=password) if password else False
    document.save(out, encryption=locked)
    return out.getvalue()


def picture(
    width: int = 400,
    height: int = 300,
    *,
    kind: str = "JPEG",
    colour: str = "red",
    exif: Image.Exif | None = None,
) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()


def upload(content: bytes, name: str = "La rete.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
