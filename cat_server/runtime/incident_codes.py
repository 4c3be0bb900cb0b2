"""The list of incident codes, which is data (`incident_codes.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from cat_server.domain.incident import IncidentCategory, IncidentCodes


@cache
def incident_codes() -> IncidentCodes:
    """Return every incident code that officers may use, in the order of the file."""
    content = (files("cat_server.runtime") / "incident_codes.toml").read_text(encoding="utf-8")
    return IncidentCodes(
        tuple(
            IncidentCategory(
                each["name"],
                tuple(each["codes"]),
                disqualifies=each.get("disqualifies", False),
                voids=each.get("voids", False),
            )
            for each in tomllib.loads(content)["category"]
        )
    )
