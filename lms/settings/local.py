"""Secrets of a development machine: made once, kept in the data folder, readable by the owner only."""

import json
import os
import secrets
from pathlib import Path


def secrets_in(folder: Path) -> dict[str, str]:
    """The machine's own secrets, made on first use. Safe when two processes start at once."""
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "secrets.json"
    if not file.exists():
        rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        made = {
            "secret_key": secrets.token_urlsafe(50),
            "field_key": Fernet.generate_key().decode(),
            "lookup_key": secrets.token_hex(32),
            "oidc_key": rsa_key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ).decode(),
        }
        draft = folder / f"secrets.{os.getpid()}.tmp"
        draft.write_text(json.dumps(made))
        draft.chmod(0o600)
        try:
            os.link(draft, file)
        except FileExistsError:
            pass  # another process was first: its secrets count
        finally:
            draft.unlink()
    return json.loads(file.read_text())
