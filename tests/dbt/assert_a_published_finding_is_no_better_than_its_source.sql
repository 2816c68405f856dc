-- What was not found has no figure and grade D, a change over time is never called randomised, and only what was randomised and a
-- publication says is graded A.
select effect_id
from {{ ref('fct_published_effects') }}
where
    (published_effect is null) <> (evidence_grade = 'D')
    or (effect_measure = 'no_figure' and published_effect is not null)
    or (effect_measure like '%before_after' and design_class <> 'before_after')
    or (evidence_grade = 'A' and (design_class <> 'randomised' or source_kind <> 'publication'))
    or (design_class in ('before_after', 'descriptive') and evidence_grade in ('A', 'B'))
    or (design_class = 'randomised' and unit_of_randomisation = 'none')
    or effect_low > published_effect
    or effect_high < published_effect
