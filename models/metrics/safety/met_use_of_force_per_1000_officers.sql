-- The officers of 31 March stand for the year that begins the next day.
select
    force_reports.programme_id,
    force_reports.area_id,
    force_reports.year_start as period_start,
    'year' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    force_reports.force_report_count as numerator,
    officers.officer_fte * 12 as denominator
from {{ ref('int_use_of_force') }} as force_reports
inner join {{ ref('int_officers_by_year') }} as officers
    on
    force_reports.programme_id = officers.programme_id
    and force_reports.area_id = officers.area_id
    and force_reports.year_to_march = officers.calendar_year + 1
where not force_reports.is_total and not officers.is_total
