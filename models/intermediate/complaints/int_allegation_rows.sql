-- One row per allegation. Of an export with a row per officer and allegation, the allegation of several officers is one: by its
-- number, or else by its category. Categories beside a list of complaints are allegations one by one where they are numbered.
select
    programme_id,
    complaint_id,
    allegation_number,
    complaint_date,
    closed_date,
    category_code,
    category_name,
    coalesce(is_force_category, category_code = 'use_of_force') as is_force_category,
    published_category_code,
    staff_id,
    row_grain <> 'complaint_categories' or allegation_number is not null as is_one_by_one
from {{ ref('int_complaint_rows') }}
where row_grain <> 'complaints'
qualify
    row_grain <> 'officer_and_allegation'
    or row_number() over (
        partition by
            programme_id,
            complaint_id,
            coalesce(
                cast(allegation_number as {{ dbt.type_string() }}), category_code, published_category_code, category_name
            )
        order by complaint_date, staff_id, category_code, published_category_code, category_name
    ) = 1
