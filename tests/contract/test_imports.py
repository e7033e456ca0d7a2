"""Whatever the tests import comes with the packages that ./test installs: what a machine happens to have besides would be missing on the next one."""

import ast
import importlib.util
import re
import subprocess
import sys

import pytest
from harness.pages import ROOT

TESTS = ROOT / "tests"
OURS = {path.stem for path in (*TESTS.rglob("*.py"), *(ROOT / "proto").rglob("*.py"))} | {path.name for folder in (TESTS, ROOT / "proto") for path in folder.iterdir() if path.is_dir()}


def imported():
    """{module: a file that imports it} of what is neither Python's own nor ours."""
    found = {}
    for path in sorted(TESTS.rglob("*.py")):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            found.update({name.split(".")[0]: path.relative_to(ROOT) for name in names})
    return {name: path for name, path in found.items() if name not in OURS and name not in sys.stdlib_module_names}


IMPORTED = imported()


@pytest.mark.parametrize("module", sorted(IMPORTED))
def test_what_tests_import_is_in_a_package_that_is_installed_for_them(module):
    listed = re.search(r'^PALIQUE_TEST_PACKAGES="([^"]+)"', (ROOT / "scripts/packages.sh").read_text(), re.M)[1].split()
    spec = importlib.util.find_spec(module)
    assert spec, f"{IMPORTED[module]} imports {module}, which nothing here provides"
    owners = subprocess.run(["dpkg", "-S", spec.origin], check=True, capture_output=True, text=True).stdout
    assert {line.split(":")[0] for line in owners.splitlines()} & set(listed), f"{IMPORTED[module]} imports {module}: put its package into PALIQUE_TEST_PACKAGES ({owners.strip()})"
