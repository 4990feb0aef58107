"""Who is heard and seen when not everybody fits. Pure; the same for every engine."""

from collections.abc import Sequence
from dataclasses import dataclass

#: what a member may send, and the streams of each
KINDS: dict[str, tuple[str, ...]] = {"audio": ("audio",), "video": ("low", "high"), "screen": ("screen",)}
TRACKS = tuple(track for tracks in KINDS.values() for track in tracks)
SILENT_AFTER = 2.0  # seconds: pauses inside a sentence are shorter


def kind_of(track: str) -> str:
    """audio, video or screen."""
    return next(kind for kind, tracks in KINDS.items() if track in tracks)


@dataclass(frozen=True)
class Camera:
    """One member whose camera is on."""

    id: str
    featured: bool
    rank: int
    loud_at: float = 0.0


def cameras_for(before: Sequence[str], cameras: Sequence[Camera], places: int) -> list[str]:
    """Whom to show: the one put in front, then staff, then who spoke last; nobody changes at every word."""
    first = sorted((c for c in cameras if c.featured or c.rank == 0), key=lambda c: (not c.featured, c.id))
    shown = [camera.id for camera in first[:places]]
    others = {
        camera.id: camera.loud_at for camera in cameras if camera.id not in shown and camera not in first
    }
    return shown + voices_for(before, others, places - len(shown))


def voices_for(before: Sequence[str], loud_at: dict[str, float], places: int) -> list[str]:
    """Whom to hear. Who is heard stays so until somebody who spoke clearly later needs the place."""
    if places <= 0:
        return []
    heard = [id for id in before if id in loud_at][:places]
    for id in sorted(loud_at.keys() - set(heard), key=lambda one: (-loud_at[one], one)):
        if len(heard) < places:
            heard.append(id)
            continue
        quietest = min(heard, key=lambda one: loud_at[one])
        if loud_at[id] > loud_at[quietest] + SILENT_AFTER:
            heard[heard.index(quietest)] = id
    return heard
