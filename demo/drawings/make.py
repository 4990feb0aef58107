"""The pictures of the demo courses, as SVG. `python -m demo.drawings.render` makes demo/media/*.webp of them."""

import math

SAND, CREAM, INK = "#f6ead8", "#fffaf2", "#27323a"
TEAL, DEEP, RUST, SUN, LEAF, SKY = "#1f7a78", "#12504f", "#c4552d", "#e9b44c", "#6c8f3c", "#bfdcdc"
SKINS = ("#8a5a3c", "#d9a27c")


def rect(x, y, w, h, fill, r=0, stroke="", sw=0):
    edge = f' stroke="{stroke}" stroke-width="{sw}"' if stroke else ""
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" fill="{fill}"{edge}/>'


def circle(x, y, r, fill, stroke="", sw=0):
    edge = f' stroke="{stroke}" stroke-width="{sw}"' if stroke else ""
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}"{edge}/>'


def path(d, fill="none", stroke=INK, sw=6):
    return (
        f'<path d="{d}" fill="{fill}" stroke="{stroke}" stroke-width="{sw}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def text(x, y, words, size=26, fill=INK, anchor="start", weight=600):
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}" text-anchor="{anchor}" '
        f'font-weight="{weight}" font-family="Titillium Web, DejaVu Sans, sans-serif">{words}</text>'
    )


def arrow(x1, y1, x2, y2, colour=RUST):
    back = 14 if x1 < x2 else -14
    return path(f"M{x1} {y1} L{x2} {y2}", stroke=colour, sw=5) + path(
        f"M{x2 - back} {y2 - 9} L{x2} {y2} L{x2 - back} {y2 + 9}", stroke=colour, sw=5
    )


def phone(x, y, w=150, h=290, inside=""):
    return (
        rect(x, y, w, h, INK, 24)
        + rect(x + 10, y + 26, w - 20, h - 56, CREAM, 8)
        + circle(x + w / 2, y + h - 15, 6, "#8b949a")
        + inside
    )


def person(x, skin, shirt, arm):
    return (
        circle(x, 130, 44, skin)
        + path(f"M{x - 46} 122 q46 -74 92 0 q-10 -34 -46 -34 q-36 0 -46 34z", INK, INK, 2)
        + path(f"M{x - 80} 405 v-120 q0 -84 80 -84 q80 0 80 84 v120 z", shirt, shirt, 2)
        + path(arm, stroke=skin, sw=26)
        + circle(x - 15, 132, 4, INK)
        + circle(x + 15, 132, 4, INK)
        + path(f"M{x - 14} 150 q14 12 28 0", sw=4)
    )


def face(cx, cy, hour, minute):
    def hand(angle, length, width, colour):
        a = math.radians(angle - 90)
        return path(
            f"M{cx} {cy} L{cx + length * math.cos(a):.0f} {cy + length * math.sin(a):.0f}",
            stroke=colour,
            sw=width,
        )

    ticks = "".join(
        circle(cx + 78 * math.sin(math.radians(i * 30)), cy - 78 * math.cos(math.radians(i * 30)), 4, INK)
        for i in range(12)
    )
    return (
        circle(cx, cy, 95, CREAM, DEEP, 8)
        + ticks
        + hand((hour % 12) * 30 + minute / 2, 44, 9, INK)
        + hand(minute * 6, 66, 6, RUST)
        + circle(cx, cy, 8, INK)
    )


DRAWINGS = {
    "telefono": phone(285, 55)
    + "".join(
        rect(307 + (i % 3) * 38, 100 + (i // 3) * 44, 28, 28, c, 7)
        for i, c in enumerate([TEAL, SUN, RUST, LEAF, SKY, DEEP])
    )
    + rect(435, 120, 8, 46, "#8b949a", 3)
    + arrow(560, 142, 452, 142)
    + text(568, 150, "accende")
    + rect(278, 110, 8, 70, "#8b949a", 3)
    + arrow(180, 145, 270, 145)
    + text(60, 153, "volume")
    + arrow(560, 250, 420, 250)
    + text(568, 258, "schermo")
    + rect(340, 343, 40, 8, "#8b949a", 3)
    + arrow(200, 372, 330, 356)
    + text(60, 380, "caricare"),
    "wifi": path("M90 230 L205 130 L320 230 V350 H90 Z", CREAM, DEEP, 8)
    + rect(180, 270, 50, 80, RUST, 4)
    + "".join(path(f"M{205 - r} 120 q{r} -{r} {2 * r} 0", stroke=TEAL, sw=10) for r in (26, 52, 78))
    + text(205, 392, "Wi-Fi", 30, DEEP, "middle")
    + path("M530 350 L560 150 L590 350 M540 290 H580 M548 230 H572", stroke=INK, sw=8)
    + circle(560, 140, 13, RUST)
    + "".join(path(f"M{560 + r} {140 - r} q{r * 0.6} {r} 0 {2 * r}", stroke=SUN, sw=9) for r in (30, 54))
    + "".join(path(f"M{560 - r} {140 - r} q-{r * 0.6} {r} 0 {2 * r}", stroke=SUN, sw=9) for r in (30, 54))
    + text(560, 392, "dati", 30, DEEP, "middle"),
    "password": circle(215, 200, 70, "none", SUN, 30)
    + path("M282 200 H470 M400 200 v48 M446 200 v38", stroke=SUN, sw=30)
    + path("M545 180 v-36 q0 -46 46 -46 q46 0 46 46 v36", stroke=DEEP, sw=18)
    + rect(518, 178, 146, 130, TEAL, 14)
    + circle(591, 232, 15, CREAM)
    + rect(584, 236, 14, 40, CREAM, 5)
    + rect(140, 330, 440, 46, CREAM, 10, INK, 4)
    + text(360, 363, "• • • • • • • • • • • • • •", 28, INK, "middle"),
    "mail": rect(170, 110, 380, 230, CREAM, 14, DEEP, 8)
    + path("M176 120 L360 250 L544 120", stroke=DEEP, sw=8)
    + circle(530, 118, 56, RUST)
    + text(530, 138, "@", 64, CREAM, "middle", 700),
    "cerca": rect(140, 70, 300, 290, CREAM, 10, DEEP, 7)
    + "".join(rect(170, 110 + i * 40, w, 12, "#c9bda8", 6) for i, w in enumerate((220, 180, 230, 150, 200)))
    + circle(470, 220, 88, "#ffffffcc", TEAL, 18)
    + path("M534 284 L610 360", stroke=TEAL, sw=28)
    + text(470, 258, "!", 110, RUST, "middle", 700),
    "truffa": phone(270, 45, 180, 320)
    + rect(288, 120, 144, 130, "#e9e2d4", 14)
    + text(302, 154, "URGENTE!", 20, RUST, weight=700)
    + text(302, 186, "Entro oggi", 20)
    + text(302, 220, "clicca qui", 20, "#1a4fb0")
    + f'<ellipse cx="347" cy="214" rx="66" ry="24" fill="none" stroke="{RUST}" stroke-width="6"/>'
    + path("M560 130 L640 280 H480 Z", SUN, INK, 7)
    + text(560, 258, "!", 84, INK, "middle", 700)
    + arrow(200, 214, 272, 214),
    "cie": phone(330, 50, 160, 300)
    + rect(180, 150, 270, 170, SKY, 14, DEEP, 7)
    + circle(240, 225, 34, SKINS[1])
    + path("M196 290 q44 -46 88 0", DEEP, DEEP, 2)
    + rect(300, 195, 120, 12, DEEP, 5)
    + rect(300, 225, 90, 12, "#7fa8a8", 5)
    + rect(300, 255, 110, 12, "#7fa8a8", 5)
    + "".join(
        path(f"M{520 + i * 26} {200 - i * 26} q{20 + i * 8} {26 + i * 26} 0 {52 + i * 52}", stroke=RUST, sw=9)
        for i in range(3)
    ),
    "curriculum": rect(195, 35, 340, 345, CREAM, 8, DEEP, 7)
    + "".join(
        circle(228, 80 + i * 80, 15, c)
        + text(254, 88 + i * 80, w, 22, INK)
        + rect(254, 102 + i * 80, 180, 9, "#d8cdb9", 4)
        for i, (c, w) in enumerate(
            (
                (TEAL, "Chi sono"),
                (RUST, "Che cosa ho fatto"),
                (SUN, "Che cosa ho studiato"),
                (LEAF, "Che cosa so fare"),
            )
        )
    ),
    "saluto": person(240, SKINS[0], TEAL, "M300 270 L372 282")
    + person(480, SKINS[1], RUST, "M420 270 L360 284"),
    "casa": path("M60 330 q120 -90 240 -30 t360 -40 V405 H60 Z", "#dfe8cf", LEAF, 5)
    + path("M400 330 V230 L475 165 L550 230 V330 Z", CREAM, DEEP, 8)
    + rect(455, 268, 42, 62, RUST, 4)
    + path("M215 275 q-62 -84 -62 -128 a62 62 0 1 1 124 0 q0 44 -62 128z", RUST, RUST, 3)
    + circle(215, 145, 24, CREAM),
    "orologio": face(150, 180, 8, 0)
    + face(360, 180, 8, 30)
    + face(570, 180, 8, 45)
    + text(150, 335, "le otto", 23, INK, "middle")
    + text(360, 335, "le otto e mezza", 23, INK, "middle")
    + text(570, 335, "le nove meno", 23, INK, "middle")
    + text(570, 367, "un quarto", 23, INK, "middle"),
    "attrezzi": path("M120 60 L160 270", stroke="#9a6b3f", sw=14)
    + path("M130 268 L196 258 L214 345 L118 352 Z", SUN, "#b98324", 4)
    + path("M250 200 L270 345 H360 L380 200 Z", TEAL, DEEP, 5)
    + path("M252 200 q63 -110 126 0", stroke=INK, sw=7)
    + path("M455 160 L455 350", stroke="#9a6b3f", sw=16)
    + rect(410, 120, 96, 46, INK, 8)
    + rect(545, 240, 140, 105, "#b77b45", 6)
    + "".join(circle(565 + (i % 5) * 25, 232 - (i // 5) * 16, 14, LEAF) for i in range(9))
    + rect(545, 278, 140, 8, "#8f5c2f")
    + rect(545, 310, 140, 8, "#8f5c2f"),
    "cartelli": circle(115, 180, 68, CREAM, "#c62828", 16)
    + path("M67 228 L163 132", stroke="#c62828", sw=16)
    + path("M285 108 L361 242 H209 Z", "#f6c915", INK, 8)
    + text(285, 226, "!", 82, INK, "middle", 700)
    + circle(455, 180, 72, "#1565c0")
    + path("M415 195 q0 -48 40 -48 q40 0 40 48 z", CREAM, CREAM, 3)
    + rect(405, 194, 100, 13, CREAM, 5)
    + rect(560, 112, 136, 136, "#2e7d32", 8)
    + path("M585 180 h62 m-26 -28 l28 28 l-28 28", stroke=CREAM, sw=13)
    + text(115, 310, "vietato", 26, INK, "middle")
    + text(285, 310, "pericolo", 26, INK, "middle")
    + text(455, 310, "obbligo", 26, INK, "middle")
    + text(628, 310, "uscita", 26, INK, "middle"),
    "allegato": rect(120, 80, 300, 240, CREAM, 12, DEEP, 7)
    + text(146, 125, "A: cpi@esempio.it", 22)
    + text(146, 165, "Oggetto: documento", 22)
    + rect(146, 190, 240, 10, "#d8cdb9", 5)
    + rect(146, 216, 200, 10, "#d8cdb9", 5)
    + rect(146, 250, 150, 46, SKY, 8)
    + text(160, 281, "carta.pdf", 22, DEEP)
    + path(
        "M560 130 v120 q0 44 -40 44 q-40 0 -40 -44 v-140 q0 -28 26 -28 q26 0 26 28 v130", stroke=RUST, sw=13
    ),
}


def svg(body: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 405" width="720" height="405">'
        + rect(0, 0, 720, 405, SAND)
        + circle(650, 40, 120, "#f2dfc3")
        + circle(40, 390, 140, "#f2dfc3")
        + body
        + "</svg>\n"
    )
