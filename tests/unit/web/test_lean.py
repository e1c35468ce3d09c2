import json
import os
import subprocess
import sys

PROGRAM = """
import json, sys
from medarbetare.database.connection import load_models
load_models()
import medarbetare.bootstrap, medarbetare.cli.worker_process, medarbetare.testing
from django.conf import settings
heavy = ("django.contrib.auth", "django.contrib.sessions", "medarbetare.web", "uvicorn")
print(json.dumps([settings.INSTALLED_APPS, [name for name in sys.modules if name.startswith(heavy)]]))
"""


def test_a_worker_carries_nothing_of_the_web_though_it_is_started_by_the_command_line() -> None:
    inherited = {**os.environ, "DJANGO_SETTINGS_MODULE": "medarbetare.web.settings"}
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=inherited, cwd="/", check=True, timeout=60
    )
    installed, heavy = json.loads(said.stdout)
    assert heavy == []
    assert not any("contrib.auth" in app or app == "medarbetare.web" for app in installed)
    assert "medarbetare.cases" in installed
