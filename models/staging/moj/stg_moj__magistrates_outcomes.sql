-- Labels carry their sort number ("06: Committed for trial"); the number goes, the words stay.
with latest as (
    select *
    from {{ landed('moj', 'magistrates_outcomes') }} as outcomes
    {{ keep_latest('moj', 'magistrates_outcomes') }}
)

select
    programme_id,
    quarter_end,
    published_area,
    published_region,
    regexp_replace(defendant_type, '^[0-9]+: ', '') as defendant_type,
    regexp_replace(offence_type, '^[0-9]+: ', '') as offence_type,
    regexp_replace(offence_group, '^[0-9]+: ', '') as offence_group,
    regexp_replace(court_outcome, '^[0-9]+: ', '') as court_outcome,
    conviction_flag = '01: Convicted at the magistrates court' as is_convicted,
    defendant_count
from latest
