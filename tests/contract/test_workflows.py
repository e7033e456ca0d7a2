"""What scripts/check.sh workflows (actionlint) does not look at: the pipelines call what is there, end some time, and run nothing of strangers that can change."""

import os
import re

import pytest
import yaml
from harness.pages import ROOT, files

WORKFLOWS = files(".github/workflows/*.yml")


def jobs(workflow):
    return yaml.safe_load((ROOT / workflow).read_text())["jobs"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=str)
def test_every_job_ends_some_time(workflow):
    assert all(job["timeout-minutes"] for job in jobs(workflow).values())


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=str)
def test_actions_of_others_are_pinned_by_commit(workflow):
    for used in re.findall(r"uses: (\S+)", (ROOT / workflow).read_text()):
        assert re.match(r"(actions|github)/", used) or re.search(r"@[0-9a-f]{40}$", used), used


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=str)
def test_the_scripts_that_are_called_are_there(workflow):
    text = (ROOT / workflow).read_text()
    called = set(re.findall(r"(?<![\w/])((?:\./|scripts/|deploy/)[\w/.-]*(?:\.sh|\.py|/test))(?![\w/])", text))
    assert all(os.access(ROOT / name, os.X_OK) or name.endswith(".py") and (ROOT / name).is_file() for name in called), called
