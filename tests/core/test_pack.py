# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack is what discovery found: what it gave, or why it gave nothing."""

from __future__ import annotations

import json

from brainsmith_core.catalogue import encode
from brainsmith_core.discovery.entry_points import PackRef
from brainsmith_core.discovery.pack import Pack, PackFailure
from brainsmith_core.records import KernelRecord, StepRecord

REF = PackRef(distribution="acme-pack", version="2.1", source="acme", value="acme.hooks")


def test_a_failure_names_distribution_version_entry_point_and_reason() -> None:
    failure = PackFailure(REF, "cannot be imported: ImportError")
    assert failure.as_dict() == {
        "distribution": "acme-pack",
        "version": "2.1",
        "source": "acme",
        "entry_point": "acme = acme.hooks",
        "reason": "cannot be imported: ImportError",
        "remedy": "report it to the authors of acme-pack, or pip uninstall acme-pack",
    }
    text = "pack 'acme' of acme-pack 2.1 (acme = acme.hooks): cannot be imported: ImportError"
    assert str(failure) == text
    assert repr(failure) == f"PackFailure({text})"
    assert failure.owner == "acme-pack 2.1"


def test_a_failure_may_have_a_remedy_of_its_own() -> None:
    assert PackFailure(REF, "no", "pip install it").remedy == "pip install it"


def test_an_owner_without_a_version_is_its_distribution() -> None:
    ref = PackRef(distribution="acme-pack", version="", source="acme", value="acme.hooks")
    assert PackFailure(ref, "no").owner == "acme-pack"


def test_a_packs_status_is_the_worst_that_is_known() -> None:
    failure = PackFailure(REF, "no")
    assert Pack(REF).status == "ok"
    assert Pack(REF, warnings=("odd",)).status == "warning"
    assert Pack(REF, warnings=("odd",), failure=failure).status == "failed"


def test_a_pack_is_json_with_its_number_of_plugins_by_type() -> None:
    records = (
        KernelRecord(name="A", target="a:A"),
        KernelRecord(name="B", target="a:B"),
        StepRecord(name="s", target="a:s"),
    )
    lines = tuple(map(encode, records))
    pack = Pack(REF, lines=lines, warnings=("odd",), seconds=0.12345678)
    values = {
        "source": "acme",
        "distribution": "acme-pack",
        "version": "2.1",
        "entry_point": "acme = acme.hooks",
        "status": "warning",
        "reason": "",
        "remedy": "",
        "warnings": ["odd"],
        "plugins": {"kernel": 2, "step": 1},
        "seconds": 0.123457,
    }
    assert json.loads(json.dumps(pack.as_dict())) == values
    failed = Pack(REF, failure=PackFailure(REF, "no", "mend it")).as_dict()
    assert (failed["status"], failed["reason"], failed["remedy"]) == ("failed", "no", "mend it")
