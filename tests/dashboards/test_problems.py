"""What pages say about rejected records."""

from dashboards.text.notices import REMEDIES
from orchestration.ingestion.validation.result import SENTENCES


def test_every_reason_for_a_rejection_has_its_remedy() -> None:
    assert REMEDIES.keys() == SENTENCES.keys()
