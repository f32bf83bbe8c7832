#!/bin/sh
# Resolve pyproject.toml anew and write infra/requirements.lock. Takes a few minutes.
set -eu
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
.venv/bin/python - >"$scratch/requirements.in" <<'PY'
import tomllib
project = tomllib.load(open("pyproject.toml", "rb"))["project"]
print(*project["dependencies"], *project["optional-dependencies"]["dev"], sep="\n")
PY
.venv/bin/python -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet -r "$scratch/requirements.in"
{
    echo "# The whole environment, exactly: installed by make, made by make lock."
    "$scratch/venv/bin/pip" freeze --exclude-editable | sed 's/+cpu$//'  # a CPU build is a matter of where, not of what
} >"$scratch/lock"
mv "$scratch/lock" infra/requirements.lock
