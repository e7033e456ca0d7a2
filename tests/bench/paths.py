"""Where things are. Imported first: it makes tests/harness importable."""

import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TOOLS = ROOT / "build/bench"
BUILD = pathlib.Path(os.environ.get("PALIQUE_BUILD") or ROOT / "build/release").resolve()
os.environ["PALIQUE_BUILD"] = str(BUILD)
sys.path.insert(0, str(HERE.parent))
