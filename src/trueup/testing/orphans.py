"""Children that do not outlive whoever started them."""

from __future__ import annotations

import shutil

DIE_WITH_US = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()
"""What to put before a command, where the system can see to it that a killed test leaves nothing."""
