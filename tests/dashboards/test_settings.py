"""Settings of the pages hold when they are started from the project's root."""

import subprocess
import sys

from dashboards.text import research as research_text
from orchestration import paths

SHOWN = """
from streamlit import config
config._main_script_path = "dashboards/streamlit_app.py"
config.get_config_options(force_reparse=True)
for name in ("browser.gatherUsageStats", "server.address", "client.disableDataExport",
             "theme.light.primaryColor", "server.maxUploadSize"):
    print(config.get_option(name))
"""


def test_settings_next_to_the_pages_apply_from_the_root() -> None:
    # No .streamlit folder stands in the root: what applies lies next to the script.
    assert not (paths.ROOT / ".streamlit").exists()
    done = subprocess.run(
        [sys.executable, "-c", SHOWN], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    *settings, megabytes = done.stdout.split()
    assert settings == ["False", "127.0.0.1", "True", "#12436D"]
    # The page of a reader's own table says how large it may be.
    assert f"a table {megabytes} MB." in research_text.OWN
