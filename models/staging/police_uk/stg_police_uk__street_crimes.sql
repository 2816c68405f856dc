-- Court results follow a charge, so all of them count as charged. Anti-social behaviour has no outcome and no group.
with latest as (
    select *
    from {{ landed('police_uk', 'street_crimes') }} as crimes
    {{ keep_latest('police_uk', 'street_crimes') }}
)

select
    programme_id,
    crime_hash,
    month_start,
    published_area,
    crime_type,
    last_outcome,
    case
        when last_outcome in (
                'Local resolution', 'Offender given a caution', 'Offender given a drugs possession warning',
                'Offender given penalty notice'
            ) then 'dealt with out of court'
        when
            last_outcome like 'Offender %'
            or last_outcome like 'Defendant %'
            or last_outcome like '%ourt %'
            or last_outcome = 'Suspect charged as part of another case'
            then 'charged'
        when last_outcome = 'Investigation complete; no suspect identified' then 'no suspect identified'
        when last_outcome = 'Unable to prosecute suspect' then 'suspect not prosecuted'
        when last_outcome like '%not in the public interest' then 'not in the public interest'
        when last_outcome = 'Action to be taken by another organisation' then 'left to another organisation'
        when last_outcome is not null then 'not known'
    end as outcome_group
from latest
