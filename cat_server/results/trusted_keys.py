"""Which keys a verifier trusts: a JSON file that comes by another way than the package (by hand, on paper, on a stick)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cat_server.domain.refusals import Refusal
from cat_server.domain.sign_off import Committee
from cat_server.runtime.public_keys import fingerprint, read_public_key
from question_bank.problems import Place, Problem


@dataclass(frozen=True, slots=True)
class TrustedOfficer:
    """An officer whose signature counts for one committee; the key is in hex."""

    officer_id: str
    name: str
    committee: str
    public_key: str


@dataclass(frozen=True, slots=True)
class TrustedKeys:
    """The site's key and the officers'. `site_code` and names are for people; only ids and keys decide."""

    site_code: str
    site_public_key: str
    officers: tuple[TrustedOfficer, ...]

    def officer(self, officer_id: str) -> TrustedOfficer | None:
        """Return the trusted officer with this id, or None."""
        return next((each for each in self.officers if each.officer_id == officer_id), None)


def write_trusted_keys(trusted: TrustedKeys) -> str:
    """Return the content of a trusted keys file.

    Raises:
        Refusal: `KEY_WEAK` or `KEY_MALFORMED`; such a key is never handed out.
    """
    content = {
        "site": {
            "site_code": trusted.site_code,
            "public_key": trusted.site_public_key,
            "fingerprint": fingerprint(trusted.site_public_key),
        },
        "officers": [
            {
                "officer_id": each.officer_id,
                "name": each.name,
                "committee": each.committee,
                "public_key": each.public_key,
                "fingerprint": fingerprint(each.public_key),
            }
            for each in trusted.officers
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def read_trusted_keys(path: Path) -> tuple[TrustedKeys | None, list[Problem]]:
    """Return the keys in a file, or None and every problem with it. A stated fingerprint must fit its key."""
    place = Place(file=path.name)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        site = content["site"]
        officers = tuple(_officer(each) for each in content["officers"])
        trusted = TrustedKeys(str(site.get("site_code", "")), str(site["public_key"]), officers)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None, [Problem("results_trusted_unreadable", place)]
    problems = _key_problems(place, "site", site)
    for each in content["officers"]:
        problems += _key_problems(place, str(each["officer_id"]), each)
    ids = [each.officer_id for each in officers]
    keys = [each.public_key for each in officers]
    if len(set(ids)) < len(ids) or len(set(keys)) < len(keys):
        problems.append(Problem("results_trusted_twice", place))
    problems += [
        Problem("results_trusted_committee", place, {"owner": each.officer_id, "committee": each.committee})
        for each in officers
        if each.committee not in set(Committee)
    ]
    return (None if problems else trusted), problems


def _officer(entry: dict[str, Any]) -> TrustedOfficer:
    return TrustedOfficer(
        str(entry["officer_id"]),
        str(entry.get("name", "")),
        str(entry["committee"]),
        str(entry["public_key"]),
    )


def _key_problems(place: Place, owner: str, entry: dict[str, Any]) -> list[Problem]:
    public_key = str(entry["public_key"])
    try:
        read_public_key(public_key)
    except Refusal:
        return [Problem("results_trusted_key", place, {"owner": owner})]
    if entry.get("fingerprint", fingerprint(public_key)) != fingerprint(public_key):
        return [Problem("results_trusted_fingerprint", place, {"owner": owner})]
    return []
