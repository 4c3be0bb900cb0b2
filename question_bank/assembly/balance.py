"""One section of all forms at once: from demands and statistics to the items of each form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from question_bank.assembly.cells import unit_cells
from question_bank.assembly.enemies import Enemies, contradictions
from question_bank.assembly.features import SectionFeatures, section_features
from question_bank.assembly.repair import Repair
from question_bank.assembly.rounds import Dealing
from question_bank.assembly.section_table import SectionTable, UnitCell
from question_bank.assembly.supply import demands
from question_bank.assembly.tiers import Tier
from question_bank.assembly.wide_stream import WideStream
from question_bank.blueprint import Block, Section
from question_bank.items import Bank, Statistics
from question_bank.problems import Problem
from question_bank.scoring_profile import Profile


@dataclass(frozen=True, slots=True)
class SectionForms:
    """What a section contributes to each form, cell by cell.

    `excess` is each form's largest deviation in thousandths of the guaranteed tolerance; 0 where nothing is measured.
    """

    section: str
    tier: Tier
    item_ids: tuple[tuple[str, ...], ...]
    excess: tuple[int, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the items of all forms follow from. `enemies` are by item id, both ways."""

    bank: Bank
    statistics: Statistics
    profile: Profile
    seed: bytes
    salt: bytes
    usage: Mapping[str, int]
    enemies: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class SectionInputs:
    """What the items of one section follow from, besides the seed: cells of units and their features."""

    block: str
    section: str
    cells: tuple[UnitCell, ...]
    features: SectionFeatures
    problems: tuple[Problem, ...]


def section_inputs(inputs: Inputs, block: Block, section: Section) -> SectionInputs:
    """Return a section's cells and features, and what makes it impossible whatever the seed."""
    wanted = [each for each in demands(inputs.bank, inputs.profile) if each.section == section.code]
    cells, problems = unit_cells(wanted, inputs.salt)
    features = section_features(
        inputs.profile, section, [(each.count, each.items) for each in wanted], inputs.statistics.items
    )
    units = [unit for cell in cells for unit in cell.units]
    problems += contradictions(section.code, units, inputs.enemies)
    return SectionInputs(block.code, section.code, tuple(cells), features, tuple(problems))


def balanced_section(inputs: Inputs, section: SectionInputs, taken: Sequence[frozenset[str]]) -> SectionForms:
    """Return the items of a section for as many forms as `taken` holds, each with what it has of earlier sections."""
    forms = len(taken)
    features, problems = section.features, list(section.problems)
    table = SectionTable(section.section, section.cells, features.values, features.limits)
    if problems or table.most_per_round == 0:
        return SectionForms(section.section, features.tier, ((),) * forms, (0,) * forms, tuple(problems))
    before = np.array(
        [max(inputs.usage.get(item_id, 0) for item_id in unit.item_ids) for unit in table.units],
        dtype=np.int64,
    )
    enemies = Enemies(table, inputs.enemies, taken)
    dealing = Dealing(table, forms, before, WideStream(inputs.seed, section.section), enemies)
    problems += unparted(section.section, dealing, inputs.enemies, taken)
    dealing.exchange()
    Repair(dealing).run()
    return SectionForms(
        section.section,
        features.tier,
        tuple(
            tuple(item_id for unit in form for item_id in table.units[unit].item_ids)
            for form in dealing.forms.tolist()
        ),
        tuple((table.excess(dealing.deviation) * 1000 // table.within).tolist()),
        tuple(problems),
    )


def unparted(
    section: str,
    dealing: Dealing,
    enemies: Mapping[str, frozenset[str]],
    taken: Sequence[frozenset[str]],
) -> list[Problem]:
    """Return a problem for each pair of enemies that no exchange could part."""
    pairs = set()
    for form in dealing.unparted:
        own = {item_id for unit in dealing.forms[form] for item_id in dealing.table.units[unit].item_ids}
        pairs |= {
            tuple(sorted((item_id, other)))
            for item_id in own
            for other in enemies.get(item_id, frozenset()) & (own | taken[form])
        }
    return [
        Problem("form_enemies_unavoidable", params={"section": section, "first": first, "second": second})
        for first, second in sorted(pairs)
    ]
