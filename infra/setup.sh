#!/bin/sh
# Make .venv exactly what infra/requirements.lock says; do nothing when it is already so.
set -eu
cd "$(dirname "$0")/.."
lock=infra/requirements.lock
needed_kb=6000000

fail() { printf 'cannot set up: %s\n' "$1" >&2; exit 1; }

find_python() {
    for candidate in "${PYTHON:-python3.11}" python3 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null || echo "no python3")
    fail "Python 3.11 is needed, found $found. Install it, or set PYTHON to its path."
}

want="$(cksum <"$lock") $(pwd)"
is_made() { [ "$(cat .venv/.made-from 2>/dev/null || true)" = "$want" ]; }
is_made && exit 0

exec 9<"$lock"
if ! flock -n 9; then
    echo 'waiting for another make that is setting up .venv'
    flock 9
    is_made && exit 0
fi

python=$(find_python)
free_kb=$(df -Pk . | awk 'NR==2 {print $4}')
[ -d .venv ] || [ "$free_kb" -ge "$needed_kb" ] || fail "$(pwd) has $((free_kb / 1000000)) GB free, 6 GB are needed."

[ "$(cat .venv/.root 2>/dev/null || true)" = "$(pwd)" ] || rm -rf .venv
[ -x .venv/bin/python ] || "$python" -m venv .venv || fail "$python cannot make a virtual environment."
pwd >.venv/.root
for package in .venv/lib/python3.11/site-packages/*.dist-info; do
    # pip writes INSTALLER when all files are there. What was killed earlier it would take for installed.
    [ -f "$package/INSTALLER" ] || rm -rf "$package"
done

total=$(grep -c '==' "$lock")
log=.venv/setup.log
printf 'installing %s packages into .venv (the log is %s)\n' "$total" "$log"
{ .venv/bin/python -m pip install --no-compile --progress-bar off --retries 2 -r "$lock" 2>&1; echo "rc=$?"; } |
    tee "$log" |
    awk -v total="$total" '
        /^(Collecting|Requirement already)/ { n++; if (n % 20 == 0) { printf "  %d of %d resolved\n", n, total; fflush() } }
        /^Installing collected/ { print "  unpacking"; fflush() }'
if [ "$(tail -n 1 "$log")" != "rc=0" ]; then
    tail -n 5 "$log" >&2
    if grep -qiE 'connection (broken|refused|aborted)|failed to resolve|timed out|unreachable|proxyerror' "$log"; then
        fail "the package registry does not answer. Check the network and pip's configuration, then run make again."
    fi
    fail "pip could not install the locked packages; the whole log is $log."
fi
printf '%s' "$want" >.venv/.made-from
