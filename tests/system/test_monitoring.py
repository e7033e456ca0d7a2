"""What the alerts and dashboards of deploy/ ask for is there: each metric, and each label value that an expression names."""

import json
import re

import pytest
from harness.mailbox import NOBODY
from harness.suite import ROOT

PROCESSES = ("auth", "chat", "notify", "admin", "gateway0")
METRIC = re.compile(r"\b((?:palique|process)_[a-z_]+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)="([^"]*)"')
RULES = ROOT / "deploy/prometheus/rules.yml"
ADDED = {"job", "service"}  # labels that prometheus.yml adds


def rule_expressions():
    return re.findall(r"^ +expr: (?:>-\n)?((?:.|\n(?! +(?:for|labels):))+)", RULES.read_text(), re.M)


def panel_expressions():
    for board in sorted((ROOT / "deploy/grafana/dashboards").glob("*.json")):
        for panel in json.loads(board.read_text())["panels"]:
            yield from (target["expr"] for target in panel["targets"])


def asked_for():
    """(metric, its matchers that the services themselves must satisfy)"""
    for expression in [*rule_expressions(), *panel_expressions()]:
        for name, matchers in METRIC.findall(expression):
            yield name, tuple(m for m in MATCHER.findall(matchers) if m[0] not in ADDED)


@pytest.fixture
def series(make_suite):
    suite = make_suite(redis=True, env_for={"auth": NOBODY})
    return [key for name in PROCESSES for key in suite.metrics(name)]


def test_every_metric_and_label_that_is_asked_for_exists(series):
    wanted = set(asked_for())
    assert len(wanted) > 30
    missing = [f"{name} {matchers}" for name, matchers in sorted(wanted)
               if not any(re.match(rf"{name}(\{{|$)", key) and all(f'{label}="{value}"' in key for label, value in matchers) for key in series)]
    assert not missing


def test_every_alert_says_what_to_do():
    alerts = re.findall(r"alert: (\w+)", RULES.read_text())
    assert len(alerts) == len(rule_expressions()) == len(set(alerts))
    headings = re.findall(r"^### (\w+)$", (ROOT / "docs/monitoring.md").read_text(), re.M)
    assert sorted(alerts) == sorted(headings)
