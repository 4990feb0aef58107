"""How often one person may write to a room, whatever the number of their tabs."""

import time
from dataclasses import dataclass, field


@dataclass(eq=False)
class Bucket:
    """Holds `size` messages and refills by `per_second`."""

    size: float
    per_second: float
    left: float = field(default=-1.0)
    at: float = field(default_factory=time.monotonic)

    def take(self) -> bool:
        """One message: False when there is no room for it now."""
        now = time.monotonic()
        if self.left < 0:
            self.left = self.size
        self.left = min(self.size, self.left + (now - self.at) * self.per_second)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Allowance(Bucket):
    """What one person may send: messages, and among them signs, which are fewer."""

    def __init__(self) -> None:
        super().__init__(size=20, per_second=4)
        self.signs = Bucket(size=4, per_second=0.5)


_buckets: dict[int, Allowance] = {}
KEPT_SECONDS = 60  # a bucket outlives the sockets of its person: coming in again gives no new one
KEPT = 1000


def bucket_of(user_id: int) -> Allowance:
    """The one bucket of a person in this process, for all of their sockets."""
    if len(_buckets) > KEPT:
        old = time.monotonic() - KEPT_SECONDS
        for each in [key for key, bucket in _buckets.items() if bucket.at < old]:
            del _buckets[each]
    return _buckets.setdefault(user_id, Allowance())
