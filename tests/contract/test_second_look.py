"""What ./test tries once more, and what it never does."""
import pathlib
import subprocess
from xml.sax.saxutils import quoteattr

import pytest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts/second_look.py"
PINS = ("system.test_pins", "assert 1 == 2")


@pytest.fixture
def judged(tmp_path):
    """judged(cases as XML) -> the script that has read them, beside one that passed."""
    def run(cases):
        report = tmp_path / "report.xml"
        report.write_text(f"<testsuites><testsuite><testcase classname='system.test_threads' name='test_good'/>{cases}</testsuite></testsuites>")
        return subprocess.run([SCRIPT, report], check=True, capture_output=True, text=True)
    return run


@pytest.fixture
def look(judged):
    """look((class, text), …) -> what is printed for these failures."""
    def run(*failures, kind="failure"):
        return judged("".join(f"<testcase classname={quoteattr(name)} name='test_x'><{kind} message={quoteattr(text)}>…</{kind}></testcase>" for name, text in failures)).stdout.strip()
    return run


def test_a_failed_assertion_is_looked_at_again(look):
    assert look(PINS) == "system/test_pins.py"
    assert look(PINS, kind="error") == "system/test_pins.py"


def test_each_file_once_and_only_those_that_failed(look):
    assert look(PINS, PINS, ("system.raw_http.test_front", "waited")) == "system/raw_http/test_front.py system/test_pins.py"
    assert look(("system.test_pins.TestPins", "waited")) == "system/test_pins.py"


@pytest.mark.parametrize("text", ["chat: WARNING: ThreadSanitizer: data race", "gateway0: ERROR: AddressSanitizer: heap-use-after-free",
                                  "lib/x.c:4:2: runtime error: signed integer overflow", "chat ended with -11:", "notify stopped with 66:"])
def test_what_a_sanitizer_or_a_crash_says_stands(look, text):
    assert look(("system.test_pins", text)) == ""
    assert look(PINS, ("system.test_threads", text)) == ""


def test_a_violation_of_the_delivery_contract_stands(look):
    assert look(("chaos.test_chaos", "a repeat")) == ""
    assert look(("operations.test_failover", "a message was never told")) == ""


def test_many_are_no_accident(look):
    files = [(f"system.test_{name}", "waited") for name in ("pins", "threads", "search", "files")]
    assert look(*files[:3]) == "system/test_pins.py system/test_search.py system/test_threads.py"
    assert look(*files) == ""


def test_what_has_no_file_stands(look):
    assert look(("system.test_of_another_tree", "waited")) == ""


def test_a_file_that_could_not_be_read_stands_and_is_named(judged):
    done = judged("<testcase classname='' name='system.test_pins'><error message='collection failure'>No module named</error></testcase>")
    assert (done.stdout.strip(), done.stderr.strip()) == ("", "no second look: system.test_pins")
