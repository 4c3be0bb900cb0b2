"""The monitoring process, started by the supervisor: officers' app and public scoreboard, one set of live scores."""

from __future__ import annotations

import threading

from cat_server.cli.child_process import arguments, open_child, run_child
from cat_server.cli.web_servers import ReadyFirst, Served, inherited
from cat_server.queries.follow import ends_of_signed
from cat_server.runtime.ballast import keep_held_back
from monitoring.app import create_app
from monitoring.deps import MonitoringDeps
from monitoring.live_scores import LiveScores
from monitoring.scoreboard_app import create_app as create_scoreboard_app


def main() -> None:
    """Serve officers and the public until told to stop."""
    passed = arguments("--monitoring-fds", "--scoreboard-fds")
    child = open_child(passed, "monitoring", checkpoints=False)
    deps = MonitoringDeps(
        lane=child.lane,
        reader=child.reader,
        clock=child.clock,
        follower=child.follower,
        settings=child.settings,
        secrets=child.secrets,
        keys=child.supervisor.keys,
        told=child.supervisor.told,
    )
    live = LiveScores(deps.lane, deps.reader, deps.clock, deps.keys)
    served = [
        Served(ReadyFirst(create_app(deps, live), child.follower.poll), inherited(passed.monitoring_fds)),
        Served(create_scoreboard_app(deps, live), inherited(passed.scoreboard_fds)),
    ]
    disk = child.settings.disk
    threading.Thread(
        target=keep_held_back,
        args=(child.settings.folder, disk.ballast_mib),
        kwargs={"beyond_mib": disk.floor_mib},
        name="ballast",
        daemon=True,
    ).start()
    run_child(child, served, past=ends_of_signed(child.reader))


if __name__ == "__main__":
    main()
