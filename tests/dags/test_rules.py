"""What every file of dags/ keeps to: wiring only, one steps module, a task for each of its functions."""

import ast
import importlib.util
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from data_contracts.catalog import DATASETS
from data_contracts.contract import load
from data_contracts.settings import REPOSITORY, Settings
from infra.local import services

FILES = sorted((REPOSITORY / "dags").glob("[!_]*.py"))
NAMES = [file.stem for file in FILES]

PARSE_BUDGET_S = 0.5
"""Airflow parses every file again and again: more CPU seconds than this, and the scheduler lags."""

ALLOWED_IMPORTS = ("airflow.sdk", "data_contracts.catalog", "plugins.")
WIRING = (
    *(ast.Module, ast.Expr, ast.Import, ast.ImportFrom, ast.alias, ast.FunctionDef, ast.arguments, ast.Assign),
    *(ast.Call, ast.keyword, ast.Attribute, ast.Name, ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Load, ast.Store),
    *(ast.BinOp, ast.RShift, ast.BitAnd, ast.BitOr),
)
"""All that wiring takes; a condition, a loop, a comprehension or a string put together is logic."""

READ_DAGS = """
import json, sys
from airflow.configuration import conf
from airflow.dag_processing.dagbag import DagBag
from airflow.utils.file import might_contain_dag

folder, *files = sys.argv[1:]
bag = DagBag(folder, safe_mode=False)
print(json.dumps({
    "errors": bag.import_errors,
    "found": [file for file in files if might_contain_dag(file, conf.getboolean("core", "dag_discovery_safe_mode"))],
    "dags": {
        dag.dag_id: {
            "file": dag.fileloc,
            "doc": dag.doc_md,
            "defaults": list(dag.default_args),
            "tasks": {
                task.task_id: {
                    "owner": task.owner,
                    "retries": task.retries,
                    "timeout_s": task.execution_timeout and task.execution_timeout.total_seconds(),
                    "doc": task.doc_md,
                }
                for task in dag.tasks
            },
        }
        for dag in bag.dags.values()
    },
}))
"""

TIME_DAGS = """
import json, runpy, sys, time
from airflow.sdk import Asset, Param, dag, get_current_context, task
from airflow.timetables import assets, trigger

before, start = set(sys.modules), time.process_time()
for file in sys.argv[1:]:
    runpy.run_path(file)
print(json.dumps({"seconds": time.process_time() - start, "modules": sorted(set(sys.modules) - before)}))
"""


@pytest.fixture(scope="module")
def airflow(tmp_path_factory):
    """Run a script in a fresh interpreter, under Airflow as a user's machine configures it."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    environment = {**os.environ, **services.airflow_environment(settings)}

    def run(script: str, *arguments: str | Path) -> dict:
        command = [sys.executable, "-c", script, *map(str, arguments)]
        done = subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.fixture(scope="module")
def read(airflow) -> dict:
    return airflow(READ_DAGS, REPOSITORY / "dags", *FILES)


@pytest.fixture(params=NAMES)
def dag(request, read) -> dict:
    errors = [error for file, error in read["errors"].items() if Path(file).stem == request.param]
    assert not errors, errors[0]
    return read["dags"][request.param] | {"name": request.param}


@pytest.fixture(params=FILES, ids=NAMES)
def tree(request) -> ast.Module:
    return ast.parse(request.param.read_text(), request.param.name)


def steps_module(dag: str) -> str:
    """Where a DAG's steps live, told from its name alone."""
    verb, thing = dag.split("_", 1)
    layers = {"train": "training", "build": "training.corpora", "revert": "training"}
    return f"{layers.get(verb, 'inference')}.{thing}.steps"


def public_functions(module: str) -> set[str]:
    spec = importlib.util.find_spec(module)
    assert spec, f"there is no module {module}"
    body = ast.parse(Path(spec.origin).read_text()).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")}


def test_airflow_takes_every_file_for_a_dag(read):
    assert {Path(file).stem for file in read["found"]} == set(NAMES), "a file without the word airflow is passed over"


def test_every_file_is_one_dag_of_its_name(dag):
    assert Path(dag["file"]).stem == dag["name"]


def test_every_dag_tells_what_it_does(dag):
    assert dag["doc"].startswith("### ")
    assert all(task["doc"] for task in dag["tasks"].values())


def test_every_task_is_a_function_of_the_steps_module_and_every_function_a_task(dag):
    assert set(dag["tasks"]) == public_functions(steps_module(dag["name"]))


def test_every_task_has_an_owner_retries_and_a_timeout(dag):
    assert {"owner", "retries"} <= set(dag["defaults"])
    for task in dag["tasks"].values():
        assert task["owner"] not in ("", "airflow")
        assert task["retries"] >= 0
        assert task["timeout_s"] > 0


@pytest.mark.parametrize("dataset", DATASETS, ids=[dataset.name for dataset in DATASETS])
def test_every_contract_names_who_writes_it(read, dataset):
    contract = load(dataset)
    if contract.dag not in ("none", "any"):
        assert contract.task in read["dags"][contract.dag]["tasks"]


def test_a_dag_file_imports_nothing_but_wiring_and_one_steps_module(tree):
    imported = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported += [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            steps = [f"{node.module}.{alias.name}" for alias in node.names if alias.name == "steps"]
            imported += steps or [node.module]
    (name,) = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    rest = [
        module
        for module in imported
        if not f"{module}.".startswith(tuple(f"{a.rstrip('.')}." for a in ALLOWED_IMPORTS))
    ]
    assert rest == [steps_module(name)]


def test_a_dag_file_is_wiring(tree):
    other = [(type(node).__name__, node.lineno) for node in ast.walk(tree) if not isinstance(node, WIRING)]
    assert other == []
    assert len([node for node in tree.body if isinstance(node, ast.FunctionDef)]) == 1


def test_parsing_is_quick_and_loads_nothing_heavy(airflow):
    banned = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]["flake8-tidy-imports"]
    runs = [airflow(TIME_DAGS, *FILES) for _ in range(3)]
    assert not {module.split(".")[0] for module in runs[0]["modules"]} & set(banned["banned-module-level-imports"])
    assert min(run["seconds"] for run in runs) <= PARSE_BUDGET_S  # what else runs on the machine only adds
