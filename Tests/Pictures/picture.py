"""Turns what `tmux capture-pane -e -p` printed into a picture: `picture.py TITLE COLUMNS < SCREEN > FILE.svg`."""

import html
import re
import sys
import unicodedata

COLOURS = [
    "#3b4252", "#bf616a", "#8fbc7f", "#d5b06b", "#7ba3cc", "#b48ead", "#7fc1c9", "#d8dee9",
    "#6b7489", "#e08a92", "#b0d99f", "#f0d08f", "#9fc5ee", "#d3b1cd", "#a5dfe6", "#f2f5fa",
]
FOREGROUND, BACKGROUND = "#d8dee9", "#20242d"
CELL, LINE, LEFT, TOP = 8.4, 18, 14, 44


def colour(number):
    if number < 16:
        return COLOURS[number]
    if number >= 232:
        level = 8 + (number - 232) * 10
        return f"#{level:02x}{level:02x}{level:02x}"
    number -= 16
    steps = [0, 95, 135, 175, 215, 255]
    return "#" + "".join(f"{steps[number // 6 ** power % 6]:02x}" for power in (2, 1, 0))


class Style:
    def __init__(self):
        self.reset()

    def reset(self):
        self.front, self.back, self.bold, self.dim, self.reverse, self.underline = None, None, False, False, False, False

    def apply(self, codes):
        codes = [int(code or 0) for code in codes]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.reset()
            elif code == 1:
                self.bold = True
            elif code == 2:
                self.dim = True
            elif code == 4:
                self.underline = True
            elif code == 7:
                self.reverse = True
            elif code == 22:
                self.bold = self.dim = False
            elif code == 24:
                self.underline = False
            elif code == 27:
                self.reverse = False
            elif code in (38, 48) and codes[:1] == [5]:
                codes.pop(0)
                found = colour(codes.pop(0))
                self.front, self.back = (found, self.back) if code == 38 else (self.front, found)
            elif code == 39:
                self.front = None
            elif code == 49:
                self.back = None
            elif 30 <= code <= 37:
                self.front = colour(code - 30)
            elif 40 <= code <= 47:
                self.back = colour(code - 40)
            elif 90 <= code <= 97:
                self.front = colour(code - 82)
            elif 100 <= code <= 107:
                self.back = colour(code - 92)

    def colours(self):
        front, back = self.front or FOREGROUND, self.back
        return (back or BACKGROUND, front) if self.reverse else (front, back)


def columns(text):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def main():
    rows = sys.stdin.read().rstrip("\n").split("\n")
    style, shapes, width = Style(), [], int(sys.argv[2])
    for number, row in enumerate(rows):
        column, base = 0, TOP + number * LINE
        for piece in re.split(r"(\x1b\[[0-9;]*m)", row):
            if piece.startswith("\x1b["):
                style.apply(piece[2:-1].split(";"))
                continue
            if not piece:
                continue
            size = columns(piece)
            front, back = style.colours()
            x = LEFT + column * CELL
            if back:
                shapes.append(
                    f'<rect x="{x:.1f}" y="{base - 13}" width="{size * CELL:.1f}" height="{LINE}" fill="{back}"/>'
                )
            extra = ' font-weight="bold"' if style.bold else ""
            extra += ' opacity="0.65"' if style.dim else ""
            extra += ' text-decoration="underline"' if style.underline else ""
            # Each run by itself, since several blanks count as one in a picture.
            for run in re.finditer(r"\S+(?: \S+)*", piece):
                place = x + columns(piece[: run.start()]) * CELL
                length = columns(run.group()) * CELL
                shapes.append(
                    f'<text x="{place:.1f}" y="{base}" fill="{front}" textLength="{length:.1f}"{extra}>'
                    f"{html.escape(run.group())}</text>"
                )
            column += size
    across, down = LEFT * 2 + width * CELL, TOP + len(rows) * LINE
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across:.0f} {down}" width="{across:.0f}">')
    print(f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>')
    for place, fill in enumerate(["#bf616a", "#d5b06b", "#8fbc7f"]):
        print(f'<circle cx="{18 + place * 18}" cy="16" r="5.5" fill="{fill}"/>')
    title = html.escape(sys.argv[1])
    print(f'<text x="50%" y="20" text-anchor="middle" font-family="sans-serif" font-size="12" fill="#8891a5">{title}</text>')
    print('<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">')
    print("\n".join(shapes))
    print("</g></svg>")


main()
