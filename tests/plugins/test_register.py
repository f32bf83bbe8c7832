"""What Airflow finds in plugins/."""

import json
import os
import subprocess
import sys

from data_contracts.settings import REPOSITORY

LOAD = """
import json, sys
from airflow import plugins_manager

plugins, errors = plugins_manager._get_plugins()
ours = [plugin for plugin in plugins if plugin.name == "coverloop"]
views = plugins_manager._get_ui_plugins()[0]
print(json.dumps({
    "errors": errors,
    "found": len(ours),
    "view": [view["href"] for view in views],
    "mistaken": [name for name in ("app", "assets", "gallery", "pages", "pipeline") if name in sys.modules],
    "pages_imported": "plugins.pages.app" in sys.modules,
}))
"""


def test_airflow_loads_the_plugin_and_takes_no_other_file_for_one(tmp_path):
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "PYTHONPATH": str(REPOSITORY),
    }
    done = subprocess.run([sys.executable, "-c", LOAD], env=environment, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found == {
        "errors": {},
        "found": 1,
        "view": ["coverloop/"],
        "mistaken": [],
        "pages_imported": False,  # a worker need not wait for web pages
    }
