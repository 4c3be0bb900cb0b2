"""A closed exam session, its official package, and both verifiers."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from cat_server.results.trusted_keys import TrustedKeys
from cat_server.results.verify import verify_files
from cat_server.runtime.site_signing import SiteSigner
from question_bank.items import KeySheet
from tests.integration.cat_server.results.closed_site import Site, make_site
from tests.integration.cat_server.results.exam import KEYS
from tests.integration.cat_server.results.verdicts import Verdict, as_verdict, plain


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A fresh site with a closed exam session."""
    made = make_site(tmp_path)
    yield made
    made.lane.stop()
    made.reader.close()


@dataclass(frozen=True)
class Official:
    """An official package with keys, and who vouches for it."""

    folder: Path
    archive: Path
    signer: SiteSigner
    trusted: TrustedKeys


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Official]:
    """The package of an exam session that both committees signed, one of them with an objection."""
    folder = tmp_path_factory.mktemp("official")
    made = make_site(folder)
    made.prepare("Listrik padam 09.10 sampai 09.12")
    made.sign("dodi", "declined", "Daftar hadir belum saya cocokkan")
    made.sign("dina", "signed_with_objection", "Ruang panas")
    made.sign("agus")
    exported = made.export(folder / "package", with_keys=True)
    yield Official(exported.folder, exported.archive, made.signer, made.trusted)
    made.lane.stop()
    made.reader.close()


@pytest.fixture(scope="session")
def standalone() -> ModuleType:
    """`scripts/verify_results.py`, loaded as the single file it is."""
    path = Path(__file__).parents[4] / "scripts" / "verify_results.py"
    spec = importlib.util.spec_from_file_location("standalone_verifier", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def keys() -> KeySheet:
    """The key sheet of the exam session's bank."""
    return KEYS


@pytest.fixture
def judge(official: Official, standalone: ModuleType) -> Callable[..., Verdict]:
    """What both verifiers say of files, who trust the official package's keys unless told otherwise."""

    def verdict(files: Mapping[str, bytes], trusted: TrustedKeys | None = None) -> Verdict:
        _, problems = verify_files(files, trusted or official.trusted)
        _, others = standalone.verify_files(dict(files), plain(trusted or official.trusted))
        ours = as_verdict(problems)
        assert ours == {(each["code"], each["file"], each.get("row")) for each in others}
        return ours

    return verdict
