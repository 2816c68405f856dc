"""truth.json: what was set, and what came of it by the generator's own arrays."""

import json
from pathlib import Path
from typing import Any

from orchestration.synthetic_data.faults import Faults
from orchestration.synthetic_data.generate import Made
from orchestration.synthetic_data.truth_answers import answers, outcomes
from orchestration.synthetic_data.truth_clocks import clocks
from orchestration.synthetic_data.truth_delivery import delivery, spend
from orchestration.synthetic_data.truth_footage import care, use
from orchestration.synthetic_data.truth_rules import RULES
from orchestration.synthetic_data.truth_shares import exposure


def truth(made: Made, faults: Faults) -> dict[str, Any]:
    """Settings, rules and realised counts; with faults, counts are of the records before them."""
    programme, preset = made.setting.programme, made.setting.preset
    return {
        "preset": preset.preset,
        "programme": programme.programme,
        "is_synthetic": True,
        "seed": made.state.seed,
        "recordings": len(made.recordings),
        "data_from": str(programme.data_from),
        "data_to": str(programme.data_to),
        "parameters": preset.parameters.model_dump(mode="json"),
        "rules": RULES,
        "realised": {
            "rows": rows(made),
            "delivery": delivery(made),
            "spend": spend(made),
            "use": use(made),
            "care": care(made),
            "answers": answers(made),
            "outcomes": outcomes(made),
            "exposure": exposure(made),
        },
        "planted_faults": faults.counts,
        "planted_clocks": clocks(made, faults),
    }


def rows(made: Made) -> dict[str, int]:
    """Records by table, before any fault."""
    return {
        "officers": len(made.officers),
        "shifts": len(made.shifts),
        "devices": int((made.devices.issued < made.state.days).sum()),
        "encounters": len(made.encounters),
        "encounter_officers": made.encounters.attended.size,
        "recordings": len(made.recordings),
        "complaints": len(made.complaints),
        "allegations": made.allegations[0].size,
        "cases": len(made.cases),
        "crimes": len(made.crimes),
        "requests": len(made.requests),
        "spend": made.payments.day.size,
        "assaults": made.assaults[0].size,
    }


def write_truth(path: Path, made: Made, faults: Faults) -> None:
    """Write the truth as JSON, the same bytes for the same seed."""
    text = json.dumps(truth(made, faults), indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
