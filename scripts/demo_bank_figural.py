"""The demo bank's figural items: analogies, odd ones out and series, as drafts with drawn stems and options."""

from __future__ import annotations

from demo_bank_figural_analogies import analogies
from demo_bank_figural_oddities import oddities
from demo_bank_figural_series import series
from demo_bank_figures import Figure, analogy_svg, svg
from demo_bank_sources import Draft

_SERIES = "Perhatikan deret gambar berikut."
_NEXT = "Gambar yang tepat untuk menggantikan tanda tanya adalah …"
_RELATED = "Gambar kedua diperoleh dari gambar pertama menurut suatu aturan. Menurut aturan yang sama, gambar keempat adalah …"
_ODD = "Empat dari lima gambar mengikuti pola yang sama. Gambar yang tidak mengikuti pola itu adalah …"


def figural_items() -> list[Draft]:
    """Return all figural items, numbered from `demo-fig-01`."""
    made = [
        *(
            ("analogi", level, f"{analogy_svg(*shown)}<br>{_RELATED}", options)
            for level, shown, options in analogies()
        ),
        *(("ketidaksamaan", level, _ODD, options) for level, options in oddities()),
        *(
            ("serial", level, f"{_SERIES}<br>{svg(shown, asks=True)}<br>{_NEXT}", options)
            for level, shown, options in series()
        ),
    ]
    return [
        Draft(f"demo-fig-{number:02d}", "TIU", "figural", subtopic, level, stem, _drawn(options))
        for number, (subtopic, level, stem, options) in enumerate(made, start=1)
    ]


def _drawn(options: tuple[Figure, ...]) -> tuple[str, ...]:
    return tuple(svg([figure]) for figure in options)
