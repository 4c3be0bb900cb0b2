from __future__ import annotations

from cat_server.runtime.passwords import hash_password, is_password, new_password


def test_only_the_right_password_opens() -> None:
    password = new_password()
    stored = hash_password(password)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert password not in stored
    assert is_password(password, stored)
    assert not is_password(password + "x", stored)


def test_passwords_differ_and_read_well_on_paper() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("01ilo")
