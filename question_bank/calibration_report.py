"""What a calibration tells: a line for each section, the items to look at, and where the statistics went."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from question_bank.calibration.calibrate import CalibratedItem, CalibratedSection, Calibration, Model
from question_bank.console import Console

_MOST_SHOWN = 20
_MICRO = 1_000_000


def describe_calibration(console: Console, made: Calibration, people: int, written: Path) -> None:
    """Print a calibration for a person."""
    console.say("calibrate_title", people=people, items=len(made.items))
    console.table(
        (
            *("calibrate_head_section", "calibrate_head_items", "calibrate_head_people"),
            *("calibrate_head_responses", "calibrate_head_model", "calibrate_head_error"),
        ),
        [_line(console, each, made) for each in made.sections],
    )
    console.line()
    for each in made.sections:
        if each.fitted.stretch is not None and each.fitted.shift is not None:
            console.say(
                "calibrate_linked",
                section=each.section,
                items=each.fitted.common_items,
                shift=f"{each.fitted.shift:+.2f}",
                stretch=f"{each.fitted.stretch:.2f}",
                drifted=len(each.fitted.drifted),
            )
    odd = [each for each in made.items if each.findings]
    if odd:
        console.say("calibrate_odd", count=len(odd))
        for item in odd[:_MOST_SHOWN]:
            words = ", ".join(console.text(f"calibrate_{found.value}") for found in item.findings)
            console.line(f"  {item.item_id}: {words}")
        if len(odd) > _MOST_SHOWN:
            console.say("calibrate_more", count=len(odd) - _MOST_SHOWN)
    console.say("calibrate_written", file=written)


def calibration_as_object(made: Calibration, people: int, written: Path) -> dict[str, Any]:
    """Return what `--json` says of a calibration."""
    return {
        "statistics": str(written),
        "people": people,
        "sections": [_section(each) for each in made.sections],
        "items": [_item(each) for each in made.items],
        "flagged": [each.item_id for each in made.items if each.findings],
    }


def _line(console: Console, each: CalibratedSection, made: Calibration) -> tuple[str, ...]:
    errors = [
        item.statistics.irt.b_error_micro / _MICRO
        for item in made.items
        if item.section == each.section and item.statistics.irt and each.model is not Model.NONE
    ]
    return (
        each.section or "–",
        str(each.items),
        str(each.people),
        str(each.median_responses),
        console.text("calibrate_model_graded" if each.is_graded else f"calibrate_model_{each.model.name}"),
        f"{sorted(errors)[len(errors) // 2]:.2f}" if errors else "–",
    )


def _section(each: CalibratedSection) -> dict[str, Any]:
    fitted = each.fitted
    return {
        "section": each.section,
        "graded": each.is_graded,
        "items": each.items,
        "people": each.people,
        "median_responses": each.median_responses,
        "model": each.model.value,
        "log_likelihood": None if fitted.log_likelihood is None else round(fitted.log_likelihood, 4),
        "iterations": fitted.iterations,
        "common_items": fitted.common_items,
        "stretch": None if fitted.stretch is None else round(fitted.stretch, 4),
        "shift": None if fitted.shift is None else round(fitted.shift, 4),
        "drifted": len(fitted.drifted),
    }


def _item(each: CalibratedItem) -> dict[str, Any]:
    irt = each.statistics.irt
    parameters = (
        {}
        if irt is None
        else {
            "a": irt.a_micro / _MICRO,
            "b": irt.b_micro / _MICRO,
            "a_error": irt.a_error_micro / _MICRO,
            "b_error": irt.b_error_micro / _MICRO,
        }
    )
    return {
        "item_id": each.item_id,
        "section": each.section,
        "responses": each.responses,
        "responses_in_all": each.statistics.responses,
        "p": round(each.share, 6),
        "group_means": [value / _MICRO for value in each.statistics.group_means_micro],
        "rest_correlation": None if each.rest_correlation is None else round(each.rest_correlation, 4),
        **parameters,
        "findings": [found.value for found in each.findings],
    }
