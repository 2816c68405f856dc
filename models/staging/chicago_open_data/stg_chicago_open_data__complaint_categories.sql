-- Force was coded as 05A to 05Z or, mostly until 2015, by finer codes beginning with S (S001 "closed hand strike"),
-- never both: one family alone would show the change of coding as a change of conduct. Left out of group 05 are
-- J (a conversion of records), K and L (domestic incidents) and R (civil suits); of S: S109 to S116 (domestic).
with latest as (
    select *
    from {{ landed('chicago_open_data', 'complaint_categories') }} as categories
    {{ keep_latest('chicago_open_data', 'complaint_categories') }}
)

select
    programme_id,
    complaint_id,
    complaint_date,
    closed_date,
    category_code,
    category_name,
    (
        category_code in (
            '05A', '05B', '05C', '05D', '05E', '05F', '05G', '05H', '05M', '05N', '05P', '05Q', '05Z'
        )
        or category_code between 'S001' and 'S108'
        or category_code between 'S117' and 'S126'
    ) as is_force_category
from latest
