"""How equal forms are, and what they cost: ours, at random by topic, by three exact labels, and by integer programmes.

One made-up bank of about 2,000 items with known parameters, the full SKD, all methods in one run. The programmes (HiGHS, one for each
section and form) are solved for a few forms and their time is extrapolated in proportion, which the table marks with `*`.

    python scripts/bench_forms.py [--items 2000] [--forms 1000] [--programmes 4] [--json FILE]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import highspy
import numpy as np
from rich.console import Console
from rich.table import Table
from typer.testing import CliRunner

from question_bank.assembly.assemble import draw_forms
from question_bank.assembly.fairness import measure
from question_bank.assembly.features import KEYED_TOLERANCE, curve_of
from question_bank.assembly.response_curves import DESIGN_ABILITIES, Reals, expected_scores
from question_bank.assembly.sealed_seed import SealedSeed
from question_bank.assembly.supply import Demand, demands
from question_bank.bank_commands import bank_app
from question_bank.blueprint import Graded
from question_bank.fairness_report.comparison import drawn_by_labels
from question_bank.forms import Form, FormItem, FormSet
from question_bank.items import Statistics
from question_bank.profile_reading import load_profile
from question_bank.reading import ReadBank, read_bank
from question_bank.scoring_profile import Profile
from question_bank.statistics_file import read_statistics

PROFILE = "skd_cpns_2024"
GAP = 0.05
LONGEST_S = 20.0
GRADED_TOLERANCE = 0.25
"""Points, as the guarantee has it (fairness.md 2.2)."""


@dataclass(frozen=True)
class Row:
    """One method. `cpu_s` is for all forms; `is_extrapolated` where only some were made."""

    method: str
    forms: int
    curve: float
    cut_sd: float
    pass_spread: float
    exposure: float
    overlap: float
    cpu_s: float
    is_extrapolated: bool


@dataclass(frozen=True)
class Bench:
    """What all methods start from."""

    read: ReadBank
    statistics: Statistics
    profile: Profile
    forms: int

    def wanted(self, section: str) -> list[Demand]:
        """Return the demands of a section."""
        return [each for each in demands(self.read.bank, self.profile) if each.section == section]

    def row(self, method: str, drawn: FormSet, cpu_s: float, *, is_extrapolated: bool = False) -> Row:
        """Return the worst figures over the sections."""
        found = measure(self.read.bank, self.read.keys, self.statistics, self.profile, drawn)
        curves = [each.curves for each in found.sections if each.curves is not None]
        return Row(
            method,
            len(drawn.forms),
            max(each.tcc_design_difference for each in curves),
            max(each.cut_sd or 0 for each in curves),
            max(each.pass_spread or 0 for each in curves),
            max(each.exposure_ratio for each in found.sections),
            found.overlap_mean,
            cpu_s,
            is_extrapolated,
        )

    def form_set(self, by_section: dict[str, list[list[str]]]) -> FormSet:
        """Return forms that hold these items, options as their author ordered them."""
        items = {each.item_id: each for each in self.read.bank.items}
        forms = []
        for number in range(len(next(iter(by_section.values())))):
            placed = [
                FormItem(item_id, block.code, section.code, items[item_id].source_order)
                for block, section in self.profile.paper_order()
                for item_id in by_section[section.code][number]
            ]
            forms.append(Form("bench", tuple(placed)))
        return FormSet("bench", "", "", "", "", "", len(forms), 0, tuple(forms))


def ours(bench: Bench) -> Row:
    """Measure our engine."""
    began = time.process_time()
    drawn = draw_forms(
        bench.read.bank,
        bench.read.keys,
        bench.statistics,
        bench.profile,
        seats=bench.forms,
        spares=0,
        seed=SealedSeed(hashlib.sha256(b"bench").digest()),
    )
    return bench.row("ours (balanced/1)", drawn, time.process_time() - began)


def by_labels(bench: Bench, labels: int) -> Row:
    """Measure forms at random by topic (one label) or with as many of each label."""
    began = time.process_time()
    by_section = {}
    for _, section in bench.profile.paper_order():
        wanted = bench.wanted(section.code)
        items = [item for each in wanted for item in each.items]
        curves = [curve_of(bench.statistics.items[each.item_id], section) for each in items]
        difficulty = expected_scores(curves, np.zeros(1))[:, 0]
        forms = drawn_by_labels(section.code, wanted, bench.forms, difficulty, labels)
        by_section[section.code] = [[items[index].item_id for index in form] for form in forms.tolist()]
    name = "at random by topic" if labels == 1 else f"topic and {labels} exact labels"
    cpu_s = time.process_time() - began
    return bench.row(name, bench.form_set(by_section), cpu_s)


def by_programmes(bench: Bench, count: int, tell: Callable[[str], None]) -> Row:
    """Measure one integer programme for each section and form."""
    by_section: dict[str, list[list[str]]] = {}
    spent = 0.0
    for _, section in bench.profile.paper_order():
        wanted = bench.wanted(section.code)
        items = [item for each in wanted for item in each.items]
        curves = [curve_of(bench.statistics.items[each.item_id], section) for each in items]
        scores = expected_scores(curves, DESIGN_ABILITIES)
        tolerance = GRADED_TOLERANCE if isinstance(section.rule, Graded) else float(KEYED_TOLERANCE)
        used = np.zeros(len(items))
        chance = np.random.default_rng(1)
        forms = []
        for number in range(count):
            tell(f"HiGHS: {section.code} {number + 1} / {count}")
            began = time.process_time()
            chosen = _solved(wanted, scores, tolerance, used + chance.random(len(items)))
            spent += time.process_time() - began
            used[chosen] += 1
            forms.append([items[index].item_id for index in chosen])
        by_section[section.code] = forms
    cpu_s = spent / count * bench.forms
    return bench.row("integer programmes (HiGHS)", bench.form_set(by_section), cpu_s, is_extrapolated=True)


def _solved(wanted: list[Demand], scores: Reals, tolerance: float, cost: Reals) -> list[int]:
    sizes = [len(each.items) for each in wanted]
    first = np.concatenate(([0], np.cumsum(sizes)))
    weights = np.concatenate(
        [np.full(size, each.count / size) for each, size in zip(wanted, sizes, strict=True)]
    )
    target = weights @ scores
    cells = np.zeros((len(wanted), len(cost)))
    for index in range(len(wanted)):
        cells[index, first[index] : first[index + 1]] = 1
    matrix = np.concatenate((cells, scores.T))
    counts = np.array([each.count for each in wanted], dtype=np.float64)
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = len(cost), len(matrix)
    programme.col_cost_ = cost
    programme.col_lower_, programme.col_upper_ = np.zeros(len(cost)), np.ones(len(cost))
    programme.row_lower_ = np.concatenate((counts, target - tolerance))
    programme.row_upper_ = np.concatenate((counts, target + tolerance))
    rows, columns = np.nonzero(matrix.T)[::-1]
    programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    programme.a_matrix_.start_ = np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=len(cost)))))
    programme.a_matrix_.index_ = rows
    programme.a_matrix_.value_ = matrix[rows, columns]
    programme.integrality_ = [highspy.HighsVarType.kInteger] * len(cost)
    solver = highspy.Highs()
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("mip_rel_gap", GAP),
        ("time_limit", LONGEST_S),
    ):
        solver.setOptionValue(option, value)
    solver.passModel(programme)
    solver.run()
    values = np.array(solver.getSolution().col_value)
    chosen = np.flatnonzero(values > 0.5)
    if len(chosen) != int(counts.sum()):
        raise SystemExit(f"HiGHS found no form within {LONGEST_S:g} s")
    return [int(each) for each in chosen]


def run(items: int, forms: int, programmes: int, tell: Callable[[str], None]) -> list[Row]:
    """Return a row for each method, ours first."""
    profile, problems = load_profile(PROFILE)
    if profile is None:
        raise SystemExit(str(problems))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.csv"
        command = [
            "synthesize",
            "--items",
            str(items),
            "--profile",
            PROFILE,
            "--seed",
            "bench",
            "-o",
            str(path),
        ]
        CliRunner().invoke(bank_app, command, catch_exceptions=False)
        read = read_bank(path)
        statistics, _ = read_statistics(path.with_name("bench.stats-1.csv"), read.bank)
    bench = Bench(read, statistics, profile, forms)
    rows = []
    for name, method in (
        ("ours", ours),
        ("random", lambda each: by_labels(each, 1)),
        ("labels", lambda each: by_labels(each, 3)),
        ("HiGHS", lambda each: by_programmes(each, programmes, tell)),
    ):
        tell(name)
        rows.append(method(bench))
    return rows


def main() -> None:
    """Print the table and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=2_000)
    parser.add_argument("--forms", type=int, default=1_000)
    parser.add_argument("--programmes", type=int, default=4)
    parser.add_argument("--json", type=Path, default=Path("dist/bench-forms.json"))
    arguments = parser.parse_args()
    with Console(stderr=True).status("") as status:
        rows = run(arguments.items, arguments.forms, arguments.programmes, status.update)
    table = Table(
        title=f"{arguments.forms} forms of {PROFILE} from {arguments.items} items: the worst section"
    )
    heads = (
        "forms made",
        "G1 curve",
        "G2 cut SD",
        "G3 pass spread, pp",
        "G5 exposure",
        "overlap",
        "CPU s",
        "x ours",
    )
    table.add_column("method")
    for each in heads:
        table.add_column(each, justify="right")
    for row in rows:
        mark = "*" if row.is_extrapolated else ""
        table.add_row(
            row.method,
            str(row.forms),
            f"{row.curve:.3f}",
            f"{row.cut_sd:.3f}",
            f"{row.pass_spread:.2f}",
            f"{row.exposure:.2f}",
            f"{row.overlap:.2f}",
            f"{row.cpu_s:.1f}{mark}",
            f"{row.cpu_s / rows[0].cpu_s:.2f}{mark}",
        )
    Console(width=max(130, Console().width)).print(table)
    sys.stdout.write("* extrapolated in proportion from the forms that were made\n")
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    content = {"items": arguments.items, "forms": arguments.forms, "rows": [asdict(each) for each in rows]}
    arguments.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
