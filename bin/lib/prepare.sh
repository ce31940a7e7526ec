# Sourced by the scripts of this folder: `. bin/lib/prepare.sh LOCK` finds a Python, makes .venv
# and installs what LOCK names. Afterwards $python is the interpreter to use, and the working
# folder is the top of the checkout.

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
caller=$PWD
cd "$top" || exit 1

# A name on the PATH proves nothing (it may be a shim of another version): run it.
find_python() {
    for candidate in "${DUELINE_PYTHON:-}" python3.13 python3.12 python3.11 python3 python; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
            >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    echo "Dueline needs Python 3.11, 3.12 or 3.13, and found none on the PATH." >&2
    echo "On Debian 12 or Ubuntu 24.04:  sudo apt-get install python3 python3-venv" >&2
    echo "If it stands elsewhere:        DUELINE_PYTHON=/path/to/python3.12 $0" >&2
    return 1
}

found=$(find_python) || exit 1
"$found" bin/lib/prepare.py "$1" || exit 1
python="$top/.venv/bin/python"
PYTHONPATH="$top/src"
export PYTHONPATH
