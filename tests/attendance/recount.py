"""Recounts a register from its exported CSV alone: `python recount.py registro.csv --planned MINUTES`, totals as JSON.

Written apart from the product, of which it imports nothing: a class is a row of seconds, and each second is looked at.
It knows the rules of the simulated month: what counts is what was planned and held; gaps up to two minutes are bridged;
time that the platform took is given back to whom it cut off; more than half an hour late is absent.
"""

import argparse
import csv
import json
import sys
from collections import defaultdict
from datetime import datetime
from itertools import pairwise

GAP, LATE_EXCLUSION, RECOVERY_PCT = 120, 30 * 60, 20


def second(text: str) -> int:
    moment = datetime.fromisoformat(text)
    assert moment.utcoffset() is not None, "a time without its offset could be two moments"
    return int(moment.timestamp())


def spans(text: str) -> list[tuple[int, int]]:
    return [(second(a), second(b)) for a, b in (each.split("/") for each in text.split())]


def runs(marks: list[bool]) -> list[tuple[int, int]]:
    """Stretches of seconds that are marked: [first, after the last)."""
    found, begun = [], None
    for n, marked in enumerate([*marks, False]):
        if marked and begun is None:
            begun = n
        elif not marked and begun is not None:
            found.append((begun, n))
            begun = None
    return found


def paint(length: int, start: int, pairs: list[tuple[int, int]]) -> list[bool]:
    marks = [False] * length
    for a, b in pairs:
        for n in range(max(a - start, 0), min(b - start, length)):
            marks[n] = True
    return marks


def minutes_of(rows: list[dict[str, str]]) -> int:
    """One person in one class."""
    first = rows[0]
    planned = second(first["inizio previsto"]), second(first["fine prevista"])
    held = second(first["inizio effettivo"]), second(first["fine effettiva"])
    start, end = max(planned[0], held[0]), min(planned[1], held[1])
    length = max(end - start, 0)
    there = paint(length, start, [(second(r["entrata"]), second(r["uscita"])) for r in rows if r["entrata"]])
    if not any(there):
        return 0
    pause = paint(length, start, spans(first["pause"]))
    given = paint(length, start, spans(first["tempo restituito"]))
    stays = runs(there)
    bridged = [(b, c) for (_a, b), (c, _d) in pairwise(stays) if c - b <= GAP]
    down = paint(length, start, spans(first["guasti"]))
    returned = [(a, b) for a, b in runs(down) if was_cut_off(a, b, stays, length)]
    counted = list(there)
    for a, b in [*bridged, *returned]:
        counted[a:b] = [True] * (b - a)
    late = sum(not failed for failed in down[: stays[0][0]])
    if late > LATE_EXCLUSION:
        return 0
    total = sum((c or g) and not p for c, g, p in zip(counted, given, pause, strict=True))
    return total // 60


def was_cut_off(a: int, b: int, stays: list[tuple[int, int]], length: int) -> bool:
    """There when the failure began, and back soon after it."""
    there = any(start <= a <= end + GAP for start, end in stays)
    back = b >= length or any(start <= b + GAP and end > b for start, end in stays)
    return there and back


def length_of(row: dict[str, str]) -> int:
    start = second(row["inizio previsto"])
    whole = second(row["fine prevista"]) - start
    return (whole - sum(paint(whole, start, spans(row["pause"])))) // 60


def recount(rows: list[dict[str, str]], planned: int) -> dict:
    grouped: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        if row["ruolo"] == "allievo":
            grouped[row["pagina"], row["iscrizione"]].append(row)
    people: dict[str, dict] = {}
    pages: dict[str, dict] = defaultdict(lambda: {"minutes": 0, "raw": {}})
    lost: dict[tuple[str, str], int] = {}
    made_up: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (page, who), stays in grouped.items():
        row = stays[0]
        raw = minutes_of(stays)
        minutes = int(row["minuti riconosciuti"]) if row["rettificati"] else raw
        pages[page]["raw"][who] = raw
        pages[page]["minutes"] += minutes
        one = people.setdefault(
            who,
            {"online": 0, "mixed": 0, "presence": 0, "attended": 0, "missed": 0, "justified": 0, "lost": 0},
        )
        if row["recupera la lezione del"]:
            made_up[who][row["recupera la lezione del"]] += minutes
            continue
        one[{"aula virtuale": "online", "aula mista": "mixed", "presenza": "presence"}[row["modalità"]]] += (
            minutes
        )
        one["attended"] += minutes > 0
        one["missed"] += minutes == 0
        missing = max(length_of(row) - minutes, 0)
        lost[who, row["inizio previsto"]] = missing
        one["lost"] += missing
        one["justified"] += missing if row["giustificata"] else 0
    for who, one in people.items():
        back = sum(min(minutes, lost.get((who, start), 0)) for start, minutes in made_up[who].items())
        one["recovered"] = min(back, planned * RECOVERY_PCT // 100)
        one["total"] = one["online"] + one["mixed"] + one["presence"] + one["recovered"]
    return {"people": people, "pages": pages}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--planned", type=int, required=True)
    options = parser.parse_args()
    with open(options.file, encoding="utf-8-sig", newline="") as file:
        json.dump(recount(list(csv.DictReader(file, delimiter=";")), options.planned), sys.stdout)
