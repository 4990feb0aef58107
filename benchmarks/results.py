"""Rows of a benchmark: what was measured, what it should be, whether it is."""

import json
from pathlib import Path
from typing import Any


class Results:
    """Rows of name, value, target, ok, printed as they come."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, name: str, value: float, *, most: float | None = None, least: float | None = None) -> None:
        ok = (most is None or value <= most) and (least is None or value >= least)
        target = f"≤ {most}" if most is not None else f"≥ {least}" if least is not None else None
        row = {"name": name, "value": round(value, 3), "target": target, "ok": ok if target else None}
        self.rows.append(row)
        mark = "" if target is None else ("ok" if ok else "MISSED")
        print(f"{name:<60} {value:>10.2f}  {target or '':<8} {mark}", flush=True)

    def write(self, file: Path) -> int:
        """Keep the rows as JSON and say what was missed; how many were."""
        file.write_text(json.dumps(self.rows, indent=1, ensure_ascii=False) + "\n")
        missed = [row["name"] for row in self.rows if row["ok"] is False]
        print(
            f"\n{len(self.rows)} measures, {len(missed)} missed"
            + (f": {'; '.join(missed)}" if missed else "")
        )
        return len(missed)
