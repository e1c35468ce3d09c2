#!/bin/sh
# The built wheel, run from / in a clean environment: is everything packaged that the checkout has?
# The dependencies come from the environment of the interpreter given; the project itself only from the wheel.
set -eu
python=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m hatchling build -t wheel -d "$work/dist" >/dev/null
"$python" -m venv --without-pip "$work/venv"
site=$("$work/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
"$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' >"$site/dependencies.pth"
"$python" -m pip --disable-pip-version-check --python "$work/venv/bin/python" install --quiet --no-deps "$work"/dist/*.whl
cd /
run() { env -u MEDARBETARE_CONFIG -u MEDARBETARE_SELECTORS MEDARBETARE_STATE="$work/state" "$work/venv/bin/$@"; }
run python - <<'PY'
import arbetsfloden, medarbetare, robot.api, sandkommun, selectors
for module in (arbetsfloden, medarbetare, sandkommun):
    assert "/venv/" in module.__file__, f"{module.__name__} does not come from the wheel: {module.__file__}"
assert "robotframework" in open(robot.api.__file__).read().lower() or "robot" in robot.api.__doc__.lower()
assert hasattr(selectors, "DefaultSelector"), "selectors is not the standard library's"
from importlib.resources import files
web = files("medarbetare.web")
assert (web / "static" / "stil.css").is_file() and (web / "templates" / "base.html").is_file(), "the web is not packaged"
PY
chmod 711 "$work"
run medarbetare --version
run medarbetare demo --once >"$work/demo.txt" || { cat "$work/demo.txt"; exit 1; }
tail -n 6 "$work/demo.txt" | head -n 2
echo "The wheel works from / in a clean environment."
