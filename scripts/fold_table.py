#!/usr/bin/python3
"""Writes services/chat/domain/fold_table.c: letters without case and accents, from Python's Unicode data.
scripts/fold_table.py >services/chat/domain/fold_table.c"""
import unicodedata

# What the data does not decompose.
EXTRA = {"ø": "o", "đ": "d", "ħ": "h", "ł": "l", "ŧ": "t", "ı": "i", "ŋ": "n", "ς": "σ", "ə": "a",
         # Arabic: the forms of alif, alif maksura, ta marbuta; Persian ye and kaf
         "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك",
         "й": "й"}
KEPT_MARKS = range(0x0900, 0x1100)  # vowel signs of Indian and South-East Asian scripts are letters to their readers
BLOCKS = [range(0x80, 0x590), range(0x590, 0x700), range(0x900, 0x1100), range(0x1D00, 0x2000), range(0x2C00, 0x2E00),
          range(0xA640, 0xA7F0), range(0xFB00, 0xFE00), range(0xFE70, 0xFEFD), range(0xFF10, 0xFF5B)]


def is_mark(c):
    return unicodedata.category(c) in ("Mn", "Me") and ord(c) not in KEPT_MARKS


def fold(c):
    """One character, or 0 for what is dropped; None: as it is, or more than one letter."""
    if is_mark(c) or c == "ـ":
        return 0
    low = c.lower()[:1]
    if low in EXTRA:
        return ord(EXTRA[low])
    letters = [x for x in unicodedata.normalize("NFKD", low) if not is_mark(x)]
    if low != "й" and len(letters) == 1 and letters[0].isalnum():
        low = EXTRA.get(letters[0].lower(), letters[0].lower())
    return ord(low) if low != c else None


def runs(pairs):
    """(first, last, step, to, constant): neighbours, or every second one, with one target or targets at the same distance."""
    found = []
    for cp, to in pairs:
        if found:
            first, last, step, target, constant = found[-1]
            gap = cp - last
            if gap in (1, 2) and (first == last or gap == step):
                same, along = to == target, to - target == cp - first
                if first == last and (same or along):
                    found[-1] = (first, cp, gap, target, same)
                    continue
                if first != last and (same if constant else along):
                    found[-1] = (first, cp, step, target, constant)
                    continue
        found.append((cp, cp, 1, to, True))
    return found


def main():
    pairs = [(cp, to) for block in BLOCKS for cp in block if (to := fold(chr(cp))) is not None]
    print("/* Letters without case and accents, Unicode " + unicodedata.unidata_version + ". Written by scripts/fold_table.py; not by hand. */\n"
          '#include "domain/fold.h"\n\n/* clang-format off */\nconst struct fold_run fold_runs[] = {')
    line = "   "
    for first, last, step, to, constant in runs(pairs):
        item = f" {{{first:#x}, {last:#x}, {to:#x}, {step}, {int(constant)}}},"
        if len(line) + len(item) > 120:
            print(line)
            line = "   "
        line += item
    print(line + "\n};\n/* clang-format on */\nconst size_t fold_runs_count = sizeof fold_runs / sizeof *fold_runs;")


main()
