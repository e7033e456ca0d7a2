"""The pages of the documentation as tests read them: blocks of commands, links, anchors."""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What a newcomer reads first: test_newcomer.py runs every block of these that has no mark, in this order, over one installation.
NEWCOMER = ("README.md", "docs/faq.md", "docs/installation.md")
FENCE = re.compile(r"^( *)(`{3,}|~{3,})\s*(\w*)")
CODE = re.compile(r"`([^`]*)`")
MARK = re.compile(r"<!-- (not run|run by): (.+) -->")
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)")


class Block:
    """Commands of a page, with the mark that stands above them: ("not run", why) or ("run by", file), or None."""

    def __init__(self, page, line, mark):
        self.page, self.line, self.mark, self.lines = page, line, mark, []

    def __repr__(self):
        return f"{self.page}:{self.line}"

    @property
    def text(self):
        return "\n".join(self.lines) + "\n"


def files(*patterns):
    """Files of the checkout, as paths relative to it, whoever owns it: in the repository, or new."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [pathlib.Path(name) for name in listed if name and (ROOT / name).is_file()]


def pages():
    return files("*.md")


def parts(page):
    """(blocks of shell commands, the lines outside of all fences with their numbers)."""
    blocks, prose, fence, block, above = [], [], None, None, ""
    for number, line in enumerate((ROOT / page).read_text(encoding="utf-8").splitlines(), 1):
        opened = FENCE.match(line)
        if fence:
            if opened and opened[2].startswith(fence) and not opened[3]:
                fence = block = None
            elif block:
                block.lines.append(line)
        elif opened:
            fence = opened[2]
            if opened[3] in ("sh", "bash", "shell", "console"):
                mark = MARK.fullmatch(above.strip())
                block = Block(page, number, mark and (mark[1], mark[2]))
                blocks.append(block)
        else:
            prose.append((number, line))
        above = line
    return blocks, prose


def blocks(page):
    return parts(page)[0]


def links(page):
    """(line, target) of each link in the prose of a page. What is in backticks is none, but a link's text may have some."""
    return [(number, target) for number, line in parts(page)[1] for target in LINK.findall(CODE.sub(lambda m: "" if "](" in m[1] else m[1], line))]


def indented(page):
    """Numbers of lines that begin a block of code by being indented."""
    prose = parts(page)[1]
    return [number for (before, above), (number, line) in zip(prose, prose[1:]) if number == before + 1 and not above.strip() and re.match(r" {4,}\S", line)]


def anchors(page):
    """The names that headings have, as the sites that show Markdown make them."""
    found = set()
    for _, line in parts(page)[1]:
        heading = re.match(r"#{1,6} +(.*?)\s*#*$", line)
        if heading:
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).replace("`", "")
            name = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            found.add(name if name not in found else f"{name}-1")
        found.update(re.findall(r'<a (?:id|name)="([^"]+)"', line))
    return found
