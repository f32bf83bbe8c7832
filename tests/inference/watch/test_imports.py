import ast
import subprocess
import sys

from data_contracts import settings

PACKAGE = settings.REPOSITORY / "inference" / "watch"
ALLOWED = {*sys.stdlib_module_names, "torch", "transformers", "numpy"}


def test_only_torch_transformers_and_numpy_are_imported():
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names = [node.module]
            for name in names:
                assert name.split(".")[0] in ALLOWED or name.startswith("inference.watch"), f"{path}: {name}"


def test_nothing_else_of_ours_is_loaded():
    code = "import sys, inference.watch.models.image_text; print('\\n'.join(sys.modules))"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parents[1]
    )
    ours = {
        name
        for name in told.stdout.split()
        if name.split(".")[0] in {"data_contracts", "training", "plugins", "dags", "infra", "inference", "tests"}
    }
    assert "inference.watch.session" in ours
    assert all(name == "inference" or name.startswith("inference.watch") for name in ours)
