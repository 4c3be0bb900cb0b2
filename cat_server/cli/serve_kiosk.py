"""The kiosk process, started by the supervisor: participants' app and exam clock. It never holds a key."""

from __future__ import annotations

from cat_server.cli.child_process import arguments, open_child, run_child
from cat_server.cli.web_servers import Served, inherited
from cat_server.queries.follow import ends
from cat_server.runtime.limits import Limits
from cat_server.runtime.presence import Presence
from cat_server.runtime.turn import TIMEKEEPER_FILE, Turn
from kiosk_ui.app import create_app
from kiosk_ui.control_feed import FOLLOWED
from kiosk_ui.deps import KioskDeps


def main() -> None:
    """Serve participants until told to stop."""
    passed = arguments("--kiosk-fds")
    worker: int = passed.worker
    process = f"kiosk-{worker}" if worker else "kiosk"
    child = open_child(passed, process, checkpoints=not worker, kinds=FOLLOWED)
    deps = KioskDeps(
        lane=child.lane,
        reader=child.reader,
        clock=child.clock,
        follower=child.follower,
        settings=child.settings,
        secrets=child.secrets,
        presence=Presence(),
        banks=child.supervisor.bank,
        ask_limit=child.supervisor.ask_limit if worker else Limits(child.clock).ask,
        keeps_time=Turn(child.settings.folder / TIMEKEEPER_FILE).is_mine,
    )
    served = [Served(create_app(deps), inherited(passed.kiosk_fds, worker))]
    run_child(child, served, past=ends(child.reader), workers=child.settings.kiosk_workers)


if __name__ == "__main__":
    main()
