"""deploy/grafana: what Grafana needs to find is where its files say. What the panels ask for: tests/system/test_monitoring.py, tests/deploy/test_profiles.py."""

import itertools
import json
import re

import pytest
import yaml
from harness.pages import ROOT

GRAFANA = ROOT / "deploy/grafana"
BOARDS = {path.name: json.loads(path.read_text()) for path in sorted((GRAFANA / "dashboards").glob("*.json"))}
# Names of units as Grafana has them (packages/grafana-data/src/valueFormats/categories.ts); one that it does not know would be written after the number.
UNITS = {"short", "s", "ops", "reqps", "bytes", "Bps", "percentunit"}
COLUMNS = 24


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "compose.yml").read_text())["services"]


def provisioned(kind):
    (file,) = (GRAFANA / "provisioning" / kind).glob("*.yml")
    return yaml.safe_load(file.read_text())


def overlap(a, b):
    return a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]


def test_the_source_of_data_is_the_prometheus_of_compose(compose):
    (source,) = provisioned("datasources")["datasources"]
    name, port = re.fullmatch(r"http://(\w+):(\d+)", source["url"]).groups()
    assert source["type"] == "prometheus" and compose[name]["ports"][0].endswith(f":{port}")


@pytest.mark.parametrize("board", BOARDS)
def test_panels_ask_whichever_prometheus_is_chosen(board):
    (variable,) = BOARDS[board]["templating"]["list"]
    assert (variable["type"], variable["query"]) == ("datasource", "prometheus")
    assert {(panel["datasource"]["type"], panel["datasource"]["uid"]) for panel in BOARDS[board]["panels"]} == {("prometheus", f"${{{variable['name']}}}")}


def test_a_cluster_is_given_all_dashboards_where_grafana_looks_for_them():
    kustomization = yaml.safe_load((GRAFANA / "kustomization.yaml").read_text())
    (made,) = kustomization["configMapGenerator"]
    assert sorted(made["files"]) == sorted(f"dashboards/{name}" for name in BOARDS)
    assert made["options"]["labels"] == {"grafana_dashboard": "1"}
    (component,) = yaml.safe_load_all((ROOT / "deploy/k8s/components/monitoring/kustomization.yaml").read_text())
    assert "../../../grafana" in component["resources"]


def test_grafana_is_given_the_folders_that_it_looks_into(compose):
    mounted = dict(volume.split(":")[:2] for volume in compose["grafana"]["volumes"] if volume.startswith("./"))
    (provider,) = provisioned("dashboards")["providers"]
    assert mounted == {"./deploy/grafana/provisioning": "/etc/grafana/provisioning", "./deploy/grafana/dashboards": provider["options"]["path"]}
    assert len({board["uid"] for board in BOARDS.values()}) == len({board["title"] for board in BOARDS.values()}) == len(BOARDS) == 2


@pytest.mark.parametrize("board", BOARDS)
def test_panels_are_beside_each_other_and_name_what_they_show(board):
    panels = BOARDS[board]["panels"]
    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels)
    assert not [(a["title"], b["title"]) for a, b in itertools.combinations(panels, 2) if overlap(a["gridPos"], b["gridPos"])]
    for panel in panels:
        place, targets = panel["gridPos"], panel["targets"]
        assert place["x"] >= 0 and place["x"] + place["w"] <= COLUMNS and place["w"] > 0 and place["h"] > 0
        assert panel["type"] == "timeseries" and panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]
        assert len({target["refId"] for target in targets}) == len(targets) > 0
        for target in targets:
            kept = set(re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", target["expr"])))) - {"le"}
            assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) == kept, f"{panel['title']}: {target}"
