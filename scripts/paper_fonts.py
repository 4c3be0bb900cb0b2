"""Make the font files that papers embed, and compare them with the list in the repository.

A developer's tool: it needs npm with a network, `fonttools` and `brotli`, which neither the build nor a site ever
needs. A PDF embeds TrueType, browsers get WOFF2 in parts (latin, latin-ext, ...): this joins the parts of one weight.
Atkinson Hyperlegible Next is the papers' face; Noto Sans lends it the letters it lacks, such as those of
transliterated Arabic names. Layout tables are left out: the PDF writer does not read them. `--accept` writes the
files and a new list.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "question_bank" / "printing" / "fonts"
LIST = TARGET / "fonts.sha256"
WEIGHTS = {"400": "Regular", "700": "Bold"}
FACES = {
    "@fontsource/atkinson-hyperlegible-next@5.3.0": (
        "atkinson-hyperlegible-next",
        ("latin", "latin-ext"),
        "AtkinsonHyperlegibleNext",
    ),
    "@fontsource/noto-sans@5.3.0": ("noto-sans", ("latin", "latin-ext", "vietnamese"), "NotoSans"),
}
"""What we take: npm release -> family, alphabets, name of the files made of it."""
LAYOUT = ("GSUB", "GPOS", "GDEF", "STAT", "DSIG", "MATH")
SEALED_AT = 3_800_000_000
"""A fixed time (seconds since 1904) in each file, so that the same release makes the same bytes."""


def made_of(release: str) -> dict[str, bytes]:
    """Return the font files and the licence of one release.

    Raises:
        subprocess.CalledProcessError: npm could not fetch the release.
    """
    family, alphabets, name = FACES[release]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["npm", "pack", "--silent", release], cwd=folder, check=True, capture_output=True, text=True
        )
        with tarfile.open(Path(folder) / done.stdout.strip().splitlines()[-1]) as archive:
            files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
            content = {path: opened.read() for path, opened in files.items() if opened is not None}
    made = {
        f"{name}-{word}.ttf": joined(
            [content[f"package/files/{family}-{each}-{weight}-normal.woff2"] for each in alphabets]
        )
        for weight, word in WEIGHTS.items()
    }
    return {**made, f"{name}-OFL.txt": content["package/LICENSE"]}


def joined(parts: list[bytes]) -> bytes:
    """Return the alphabets of one weight as one TrueType file."""
    from fontTools.merge import Merger  # noqa: PLC0415 - only this tool needs it
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    plain = []
    for part in parts:
        font = TTFont(io.BytesIO(part), recalcTimestamp=False)
        font.flavor = None
        for table in LAYOUT:
            if table in font:
                del font[table]
        out = io.BytesIO()
        font.save(out)
        out.seek(0)
        plain.append(out)
    font = Merger().merge(plain)
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = SEALED_AT
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def main() -> int:
    """Make, compare, report; return 0 if every file equals the list, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accept", action="store_true", help="write the files and a new list")
    arguments = parser.parse_args()
    files: dict[str, bytes] = {}
    for release in FACES:
        files.update(made_of(release))
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    if arguments.accept:
        TARGET.mkdir(exist_ok=True)
        for name, content in files.items():
            (TARGET / name).write_bytes(content)
        LIST.write_text("".join(lines), "utf-8")
        sys.stdout.write(f"{len(files)} files written: {TARGET}\n")
        return 0
    is_equal = LIST.exists() and LIST.read_text("utf-8") == "".join(lines)
    sys.stdout.write("equal to the list\n" if is_equal else "differs from the list\n")
    return 0 if is_equal else 1


if __name__ == "__main__":
    sys.exit(main())
