"""Cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import pytest

from cat_server.results.table import safe_cell


@pytest.mark.parametrize("text", ["=1+1", "+62", "-5", "@SUM(A1)", "\tx", "\rx", "  =x", "\nx"])
def test_a_formula_is_disarmed(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Budi", "A=B", "3-4", "'x"])
def test_a_plain_text_stays(text: str) -> None:
    assert safe_cell(text) == text
