"""The bench in small: every method keeps the blueprint, and the figures tell them apart."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "bench_forms.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_forms", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_forms"] = module
    spec.loader.exec_module(module)
    return module


def test_ours_is_far_more_equal_than_chance_and_labels_and_uses_items_evenly(
    bench: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "LONGEST_S", 600.0)  # two seconds are enough here, but not on every machine
    told: list[str] = []
    ours, chance, labels, programmes = bench.run(1_200, 60, 1, told.append)
    assert [each.forms for each in (ours, chance, labels, programmes)] == [60, 60, 60, 1]
    assert ours.pass_spread < 3 < labels.pass_spread < chance.pass_spread
    assert ours.curve <= 0.5 < labels.curve
    assert ours.exposure < min(chance.exposure, labels.exposure)
    assert programmes.curve <= 0.2501
    assert programmes.is_extrapolated
    assert programmes.cpu_s > ours.cpu_s
    assert any("HiGHS" in each for each in told)
