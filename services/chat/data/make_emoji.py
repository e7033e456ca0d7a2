#!/usr/bin/python3
"""The emoji of a Unicode version: make_emoji.py emoji-test.txt >emoji.txt

Fully-qualified sequences only: how they may be written without variation selectors is for the reader (domain/emoji.c), and modifiers
by themselves are no emoji."""
import pathlib
import sys

SELECTORS = "\ufe0f", "\ufe0e"


def key(text):
    """What the list is sorted by and searched for: the bytes without variation selectors."""
    for selector in SELECTORS:
        text = text.replace(selector, "")
    return text.encode()


def sequences(lines):
    for line in lines:
        points, _, rest = line.partition(";")
        if rest.split("#")[0].strip() == "fully-qualified":
            yield "".join(chr(int(point, 16)) for point in points.split())


def main():
    found = sorted(set(sequences(pathlib.Path(sys.argv[1]).read_text().splitlines())), key=key)
    if len({key(text) for text in found}) != len(found):
        sys.exit("two emoji differ in nothing but variation selectors")
    sys.stdout.write("".join(text + "\n" for text in found))


if __name__ == "__main__":
    main()
