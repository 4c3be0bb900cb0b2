"""Loaded by the interpreter itself in commands that make sites, where the tests run on PostgreSQL."""

from __future__ import annotations

import os
import sys

if os.environ.get("CAT_TEST_CLUSTER") and {"init", "prepare"} & set(sys.orig_argv):
    from tests.site_databases import use_for_new_sites

    use_for_new_sites()
