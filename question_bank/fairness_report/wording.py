"""The report's sentences: what may be claimed, and what may not (fairness.md 3.1, 11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from question_bank.assembly.tiers import Tier
from question_bank.messages import Catalogue


@dataclass(frozen=True, slots=True)
class ReportWords:
    """Words of one language."""

    catalogue: Catalogue
    language: str

    def __call__(self, code: str, **params: object) -> str:
        """Return a message."""
        return self.catalogue.text(self.language, code, params)

    def figure(self, value: str | None, digits: int = 2) -> str:
        """Return a figure rounded for a person, with the language's decimal mark; a dash where it is not known."""
        if value is None:
            return "–"
        text = f"{float(value):.{digits}f}"
        return text.replace(".", ",") if self.language == "id" else text


def certificate(content: Mapping[str, Any], words: ReportWords) -> list[str]:
    """Return the certificate: a sentence for each section, by what its statistics allow to be said."""
    return [_claim(each, content["drawing"]["seats"], words) for each in content["sections"]]


def _claim(section: Mapping[str, Any], seats: int, words: ReportWords) -> str:
    shared: dict[str, object] = {
        "section": section["title"],
        "seats": seats,
        "responses": section["responses"],
    }
    if section["pass_spread"] is not None:
        spread = words.figure(section["pass_spread"], 1)
        if section["pass_spread_band"] is None:
            return words("report_claim_alone", spread=spread, **shared)
        return words(
            "report_claim", spread=spread, band=words.figure(section["pass_spread_band"], 1), **shared
        )
    if section["tier"] >= Tier.P_VALUES and section["mean_spread"] is not None:
        spread, band = words.figure(section["mean_spread"]), words.figure(section["mean_spread_band"])
        return words("report_claim_mean", spread=spread, band=band, **shared)
    if section["tier"] == Tier.LABELS:
        return words("report_claim_labels", **shared)
    return words("report_claim_none", **shared)


def metric_rows(section: Mapping[str, Any], words: ReportWords) -> list[tuple[str, str]]:
    """Return the figures of a section, with what they are called."""
    figure = words.figure
    rows = [
        (words("report_tier"), words(f"fair_tier_{Tier(section['tier']).name}")),
        (words("report_bank_items"), f"{section['bank_items']} / {section['items']}"),
        (words("report_responses"), str(section["responses"] or "–")),
        (words("report_few"), str(section["few_responses"])),
        (
            words("report_g1"),
            f"{figure(section['tcc_design_difference'], 3)} / {figure(section['tcc_max_difference'], 3)}",
        ),
        (words("report_g2"), figure(section["cut_sd"], 3)),
        (words("report_g3"), figure(section["pass_spread"])),
        (words("report_band"), figure(section["pass_spread_band"])),
        (words("report_g4"), figure(section["tif_sd"], 1)),
        (words("report_g5"), f"{figure(section['exposure_ratio'])} (+{section['exposure_excess']})"),
        (words("report_g7"), f"{figure(section['mean_spread'])} / {figure(section['mean_spread_band'])}"),
        (words("report_words"), figure(section["words_sd"], 1)),
        (words("report_seconds"), figure(section["seconds_sd"], 1)),
    ]
    rows += [
        (words(f"report_compared_{name}"), figure(each["pass_spread"], 1))
        for name, each in sorted(section["compared"].items())
    ]
    return rows
