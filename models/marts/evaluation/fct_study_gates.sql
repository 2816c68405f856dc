select
    study_id,
    gate_order,
    gate_name,
    is_passed,
    gate_reason
from {{ derived('evaluation', 'study_gates') }} as study_gates
