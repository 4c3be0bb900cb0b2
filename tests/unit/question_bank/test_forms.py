from __future__ import annotations

import pytest

from question_bank.forms import Form


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"v":2,"engine":"x","items":[]}', b'{"v":1,"items":[1]}']
)
def test_other_bytes_are_no_form(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a form"):
        Form.decode(content)
