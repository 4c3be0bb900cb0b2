"""What a fairness report says, before anybody decides how it looks or in which language: its bytes are hashed and signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from question_bank.assembly.assemble import blueprint_hash
from question_bank.assembly.fairness import Fairness, SectionFairness
from question_bank.assembly.neighbours import SeatPlace, common_items, neighbours_of
from question_bank.assembly.supply import demands
from question_bank.assembly.tiers import Tier
from question_bank.canonical import Json, cjson
from question_bank.fairness_report.comparison import Envelope, compared
from question_bank.forms import FormSet
from question_bank.hashes import items_hash, stats_hash
from question_bank.items import Bank, ItemStatistics, Statistics
from question_bank.scoring_profile import Profile
from question_bank.synthetic_bank import is_synthetic

FEW_RESPONSES = 100
_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class ReportSource:
    """What a report is made of. `commitment` is empty where nothing was bound (a trial)."""

    bank: Bank
    statistics: Statistics
    profile: Profile
    drawn: FormSet
    places: Sequence[SeatPlace]
    found: Fairness
    commitment: str = ""


def report_content(source: ReportSource) -> bytes:
    """Return the report as `cjson/1`; figures are decimal strings."""
    profile, drawn, found = source.profile, source.drawn, source.found
    uses = Counter(item.item_id for form in drawn.forms[: drawn.seats] for item in form.items)
    content: dict[str, Json] = {
        "v": 1,
        "is_simulation": is_synthetic(source.bank),
        "profile": {
            "id": profile.profile_id,
            "version": profile.version,
            "title": profile.title,
            "decree": profile.decree,
            "blueprint_hash": blueprint_hash(profile),
        },
        "bank": {
            "title": source.bank.title,
            "items": len(source.bank.items),
            "items_hash": items_hash(source.bank),
            "stats_hash": stats_hash(source.statistics),
        },
        "drawing": {
            "engine": drawn.engine,
            "seats": drawn.seats,
            "spares": drawn.spares,
            "commitment": source.commitment,
            "seed_commitment": drawn.seed_commitment,
        },
        "sections": [_section(source, each, uses) for each in found.sections],
        "overlap": {
            "mean": decimal(found.overlap_mean),
            "ideal": decimal(found.overlap_ideal),
            "neighbours_mean": decimal(found.overlap_neighbours_mean),
            "neighbours_max": found.overlap_neighbours_max,
            "neighbours_without": decimal(found.neighbours_without),
        },
        "seats": _seat_map(drawn, source.places),
        "key_longest_run": found.key_longest_run,
        "items": _items(source, uses),
    }
    return cjson(content)


def _section(source: ReportSource, found: SectionFairness, uses: Mapping[str, int]) -> Json:
    section = source.profile.section(found.section)
    wanted = [each for each in demands(source.bank, source.profile) if each.section == found.section]
    curves = found.curves
    known = [
        source.statistics.items.get(item.item_id, ItemStatistics()) for each in wanted for item in each.items
    ]
    exposure: list[Json] = [
        [decimal(source.drawn.seats * each.count / max(len(each.items), 1)), uses.get(item.item_id, 0)]
        for each in wanted
        for item in each.items
    ]
    others = compared(source.profile, section, wanted, source.statistics.items, source.drawn.seats)
    return {
        "code": found.section,
        "title": section.title,
        "items": section.items,
        "bank_items": sum(len(each.items) for each in wanted),
        "tier": int(found.tier),
        "responses": found.responses,
        "few_responses": sum(each.responses < FEW_RESPONSES for each in known)
        if found.tier >= Tier.P_VALUES
        else 0,
        "cut": found.cut,
        "cut_ability": decimal(curves.cut_ability if curves else None),
        "pass_spread": decimal(curves.pass_spread if curves else None),
        "pass_spread_band": decimal(curves.pass_spread_band if curves else None),
        "tcc_max_difference": decimal(curves.tcc_max_difference if curves else None),
        "tcc_design_difference": decimal(curves.tcc_design_difference if curves else None),
        "cut_sd": decimal(curves.cut_sd if curves else None),
        "tif_sd": decimal(curves.tif_sd if curves else None),
        "mean_spread": decimal(found.mean_spread),
        "mean_spread_band": decimal(found.mean_spread_band),
        "exposure_ratio": decimal(found.exposure_ratio),
        "exposure_excess": found.exposure_excess,
        "words_sd": decimal(found.words_sd),
        "seconds_sd": decimal(found.seconds_sd),
        "pass_chances": [decimal(each) for each in curves.pass_chances] if curves and found.cut else [],
        "envelope": [[decimal(each) for each in point] for point in curves.envelope] if curves else [],
        "compared": {name: _envelope(each) for name, each in others.items()},
        "exposure": exposure,
        "keys": [int(each) for each in _key_totals(found)],
    }


def _envelope(found: Envelope) -> Json:
    return {
        "pass_spread": decimal(found.pass_spread),
        "points": [[decimal(each) for each in point] for point in found.points],
    }


def _key_totals(found: SectionFairness) -> list[int]:
    width = max((len(each) for each in found.key_counts), default=0)
    return [sum(each[place] for each in found.key_counts if place < len(each)) for place in range(width)]


def _seat_map(drawn: FormSet, places: Sequence[SeatPlace]) -> Json:
    """Return room, row, column and the most items shared with a neighbour, for each seat that has a place."""
    if not places:
        return []
    here = places[: drawn.seats]
    common = common_items([each.item_ids for each in drawn.forms[: drawn.seats]])
    rooms = {room: number for number, room in enumerate(dict.fromkeys(each.room for each in here))}
    return [
        [rooms[place.room], place.row, place.column, int(common[seat, others].max(initial=0))]
        for seat, (place, others) in enumerate(zip(here, neighbours_of(here), strict=True))
    ]


def _items(source: ReportSource, uses: Mapping[str, int]) -> Json:
    """Return id, section, topic, responses, share, slope, location and uses of every item in use; no content, no key."""
    rows: list[Json] = []
    for item in sorted(source.bank.items, key=lambda each: (each.section, each.topic, each.item_id)):
        known = source.statistics.items.get(item.item_id, ItemStatistics())
        irt = known.irt
        rows.append(
            [
                item.item_id,
                item.section,
                item.topic,
                known.responses,
                known.label,
                decimal(None if known.p_micro is None else known.p_micro / _MICRO),
                decimal(None if irt is None else irt.a_micro / _MICRO),
                decimal(None if irt is None else irt.b_micro / _MICRO),
                uses.get(item.item_id, 0),
            ]
        )
    return rows


def decimal(value: float | None) -> str | None:
    """Return a figure as text with four decimals at most; None where it is not known."""
    if value is None or not np.isfinite(value):
        return None
    text = f"{float(value):.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
