"""Drawing the forms of an exam session: exact blueprint, equal difficulty, the same again from the same inputs.

Engine `balanced/1`: balanced rounds, exchange and repair section by section, then seats, item order and option order
(docs/form-assembly.md). All decisions use integers and the stream of the seed; nothing depends on the order of a
mapping, on a library's version or on the number of threads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from question_bank.assembly.balance import (
    Inputs,
    SectionForms,
    SectionInputs,
    balanced_section,
    section_inputs,
)
from question_bank.assembly.enemies import enemies_of
from question_bank.assembly.features import tier_of
from question_bank.assembly.neighbours import SeatPlace, common_items, neighbours_of, place_forms
from question_bank.assembly.ordering import Ordering, TooFewDifferent
from question_bank.assembly.public_inputs import public_inputs
from question_bank.assembly.sealed_seed import SealedSeed
from question_bank.assembly.supply import demands, shortages
from question_bank.assembly.tiers import Tier
from question_bank.assembly.wide_stream import WideStream
from question_bank.canonical import Json, cjson, digest
from question_bank.forms import FormSet
from question_bank.hashes import items_hash, keys_hash, stats_hash
from question_bank.items import Bank, KeySheet, Statistics
from question_bank.problems import Problem
from question_bank.scoring_profile import Profile

ENGINE = "balanced/1"
SPARE_SHARE = 50
"""One form in so many is drawn on top; as many, those that deviate most, are left out."""
MOST_EXCESS = 5_000
"""In thousandths of the guarantee: half a raw score unit, the least difference that matters (fairness.md 2.3)."""


class CannotAssemble(Exception):  # noqa: N818 - an answer about a bank, with its numbers, not a defect
    """The bank cannot serve the blueprint; `problems` say where it falls short, and by how much."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(f"{each.code} {dict(each.params)}" for each in problems))
        self.problems = tuple(problems)


def draw_forms(  # noqa: PLR0913 - the inputs that a drawing follows from, each by name (design 12)
    bank: Bank,
    keys: KeySheet,
    statistics: Statistics,
    profile: Profile,
    *,
    seats: int,
    spares: int,
    seed: SealedSeed,
    usage: Mapping[str, int] | None = None,
    places: Sequence[SeatPlace] = (),
) -> FormSet:
    """Return `seats + spares` different forms that follow from the arguments alone.

    Args:
        bank: the items; retired ones are not used.
        keys: used only to spread the keys over the positions of the options.
        statistics: what is known of the items' difficulty; the weakest kind that all items of a section have is used.
        profile: its blueprint is obeyed exactly, section by section and quota by quota.
        seats: how many forms belong to seats.
        spares: how many more are drawn for late seats and replacements.
        seed: the secret, and the public draw, that all randomness comes from.
        usage: how often each item was used in earlier exam sessions.
        places: where the seats stand, in the order of the forms; neighbours get forms that share little.

    Raises:
        CannotAssemble: with every shortage in numbers.
    """
    forms = seats + spares
    problems = [Problem("form_no_seats")] if forms < 1 else shortages(bank, profile)
    if problems:
        raise CannotAssemble(problems)
    hashes = (
        items_hash(bank),
        keys_hash(keys),
        stats_hash(statistics),
    )  # first: they take memory, but for a moment
    surplus = -(-forms // SPARE_SHARE) if _is_limited(bank, statistics, profile) else 0
    inputs = Inputs(bank, statistics, profile, seed.seed, seed.salt, usage or {}, enemies_of(bank.items))
    sections = [section_inputs(inputs, block, section) for block, section in profile.paper_order()]
    dealt = _sections(inputs, sections, forms + surplus)
    problems = [each for section in dealt for each in section.problems]
    if not problems:
        chosen = _best(dealt, forms)
        problems = _unreachable(dealt, chosen)
    if problems:
        raise CannotAssemble(problems)
    hands = [tuple(section.item_ids[form] for section in dealt) for form in chosen]
    hands = _seated(hands, places[:seats], seed.seed)
    try:
        ordered = Ordering(bank, keys.keys, profile, seed, ENGINE).forms(hands)
    except TooFewDifferent as error:
        raise CannotAssemble([error.problem]) from error
    return FormSet(
        engine=ENGINE,
        blueprint_hash=blueprint_hash(profile),
        items_hash=hashes[0],
        keys_hash=hashes[1],
        stats_hash=hashes[2],
        seed_commitment=seed.commitment,
        seats=seats,
        spares=spares,
        forms=ordered,
        inputs=public_inputs(ENGINE, inputs, sections, (seats, spares, surplus), places[:seats]),
    )


def blueprint_hash(profile: Profile) -> str:
    """Return the hash of what the drawing uses of a profile: blocks, sections, items and quotas, not the marking."""
    content: list[Json] = [
        {
            "block": block.code,
            "section": section.code,
            "items": section.items,
            "quotas": [[each.topic, each.subtopic, each.count] for each in section.quotas],
        }
        for block, section in profile.paper_order()
    ]
    return digest("blueprint/1", cjson(content))


def times(excess: int) -> str:
    """Return thousandths of the tolerance as a multiple to show, rounded up."""
    return f"{-(-excess // 100) / 10:.1f}"


def _sections(inputs: Inputs, sections: Sequence[SectionInputs], forms: int) -> list[SectionForms]:
    taken = [frozenset[str]() for _ in range(forms)]
    dealt = []
    for section in sections:
        found = balanced_section(inputs, section, taken)
        taken = [held | set(items) for held, items in zip(taken, found.item_ids, strict=True)]
        dealt.append(found)
    return dealt


def _best(dealt: Sequence[SectionForms], forms: int) -> list[int]:
    """Return the numbers of the forms to keep, in order: those that deviate most are left out."""
    worst = [max(each) for each in zip(*(section.excess for section in dealt), strict=True)]
    return sorted(sorted(range(len(worst)), key=lambda form: (worst[form], form))[:forms])


def _unreachable(dealt: Sequence[SectionForms], chosen: Sequence[int]) -> list[Problem]:
    """Return a problem for each section whose forms differ by more than matters, with the tolerance in reach."""
    problems = []
    for section in dealt:
        reach = max(section.excess[form] for form in chosen)
        if section.tier >= Tier.P_VALUES and reach > MOST_EXCESS:
            params: dict[str, str | int] = {
                "section": section.section,
                "forms": len(chosen),
                "outside": sum(section.excess[form] > MOST_EXCESS for form in chosen),
                "reachable": times(reach),
                "allowed": times(MOST_EXCESS),
            }
            problems.append(Problem("form_tolerance_unreachable", params=params))
    return problems


def _is_limited(bank: Bank, statistics: Statistics, profile: Profile) -> bool:
    """Tell whether any section has statistics that a tolerance can be held against."""
    return any(
        tier_of(
            [item for each in demands(bank, profile) if each.section == section.code for item in each.items],
            statistics.items,
        )
        >= Tier.P_VALUES
        for section in profile.sections
    )


def _seated(
    hands: list[tuple[tuple[str, ...], ...]], places: Sequence[SeatPlace], seed: bytes
) -> list[tuple[tuple[str, ...], ...]]:
    """Return the hands in the order of the seats they go to, spares last."""
    if not places:
        return hands
    common = common_items([frozenset(each for group in hand for each in group) for hand in hands])
    given = place_forms(common, neighbours_of(places), WideStream(seed, "seats")).tolist()
    rest = [form for form in range(len(hands)) if form not in frozenset(given)]
    return [hands[form] for form in (*given, *rest)]
