"""The documentation: links lead somewhere, commands are run by tests or say why not, pages made from the programs are theirs of today."""

import re
import subprocess

import pytest
from harness.pages import NEWCOMER, ROOT, anchors, blocks, files, indented, links, pages
from harness.suite import BUILD, OWNERS

PAGES = [str(page) for page in pages()]
PROGRAMS = (*OWNERS, "gateway")
# The words by which the tests of operations choose the blocks that they run as these stand there.
AS_THEY_STAND = [word for test in (ROOT / "tests/operations").glob("*.py") for word in re.findall(r'\bdo\((?:\w+, )?"([^"]+)"', test.read_text())]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    lost = []
    for line, target in links(page):
        if re.match(r"[a-z]+:", target):
            continue  # another site: no test depends on the network
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        if not file.exists() or not file.resolve().is_relative_to(ROOT) or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            lost.append(f"{page}:{line}: {target}")
    assert not lost, "\n".join(lost)


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_commands_is_run_by_a_test_or_says_why_not(page):
    for block in blocks(page):
        if block.mark is None:
            assert page in (*NEWCOMER, "README.es.md"), f"{block}: put <!-- not run: why --> or <!-- run by: tests/… --> above it, or the page into NEWCOMER"
        elif block.mark[1].startswith("tests/operations/"):
            assert sum(word in block.text for word in AS_THEY_STAND) == 1, f"{block}: none of the tests of operations runs it"
        elif block.mark[0] == "run by":
            test = (ROOT / block.mark[1]).read_text()
            words = re.findall(r"^\./run ([a-z][a-z-]*)", block.text, re.MULTILINE) + re.findall(r"^deploy/compose/([a-z]+\.sh)", block.text, re.MULTILINE)
            for word in words:
                assert f'"{word}"' in test, f"{block}: {block.mark[1]} does not run {word}"
            beginnings = tuple(re.findall(r'documented\("([^"]+)"\)', test))
            assert not beginnings or block.text.lstrip().startswith(beginnings), f"{block}: {block.mark[1]} does not run it"


@pytest.mark.parametrize("page", PAGES)
def test_code_is_fenced(page):
    """What is only indented would be passed over by the test above."""
    assert not (found := indented(page)), f"{page}: lines {found}: put it into a fence: sh for commands"


def test_the_readmes_show_the_same_commands():
    english, spanish = ([re.sub(r"\s+#.*", "", b.text) for b in blocks(page)] for page in ("README.md", "README.es.md"))
    assert english == spanish


def test_the_readmes_lead_to_the_same_places():
    """A part that one of them lacks would lead nowhere."""
    english, spanish = ({target for _, target in links(page)} - {"README.md", "README.es.md"} for page in ("README.md", "README.es.md"))
    assert english == spanish


@pytest.mark.parametrize("page", PAGES)
def test_words_of_run_are_in_its_help(page):
    known = subprocess.run([ROOT / "run", "--help"], capture_output=True, text=True, check=True).stdout
    for word in re.findall(r"(?<![\w/])\./run ([a-z][a-z-]*)", (ROOT / page).read_text()):
        assert re.search(rf"^  {word} ", known, re.MULTILINE), f"{page}: ./run {word}"


def test_the_page_of_commands_and_events_is_what_the_catalogue_says(tmp_path):
    made = tmp_path / "api.md"
    subprocess.run(["/usr/bin/python3", "-B", ROOT / "proto/generate.py", "--index", made], check=True)
    assert (ROOT / "docs/api.md").read_text() == made.read_text(), "run proto/generate.py --index docs/api.md"


def test_the_page_of_the_database_is_what_the_migrations_make(suite):
    made = suite.postgres.psql(None, database=suite.database, file=ROOT / "scripts/schema.sql")
    assert (ROOT / "docs/schema.md").read_text().strip() == made.strip(), "run ./run psql -At -f scripts/schema.sql >docs/schema.md on a new installation"


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_secret_has_a_default(name):
    table = subprocess.run([BUILD / f"bin/palique-{name}", "--config-table"], env={}, capture_output=True, text=True, check=True).stdout
    rows = [[cell.strip() for cell in line.split("|")[1:4]] for line in table.splitlines()]
    secrets = [row for row in rows if row[1] == "secret"]
    assert secrets and all(default in ("", "required") for _, _, default in secrets), secrets


SECRET = re.compile(r"\b[A-Z_]*(?:PASSWORD|SECRET|TOKEN|ACCESS_KEY)\b[\"']?\s*[:=]\s*[\"']?([^\s\"'#]+)")


def test_nothing_that_is_deployed_has_a_secret_in_it():
    """Names in capitals are settings; where one is of a secret, its value comes from somewhere else."""
    found = [f"{name}: {match[0]}" for name in files("deploy", "compose.yml", "Dockerfile", ".github")
             for match in SECRET.finditer((ROOT / name).read_text(errors="replace")) if match[1][0] not in "$/<{%"]
    assert not found, "\n".join(found)
