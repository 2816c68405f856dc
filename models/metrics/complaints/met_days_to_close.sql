-- A median is not a sum: it is worked out for every area with all it contains, and for every length of period.
with closed as (
    select
        complaints.programme_id,
        paths.ancestor_area_id as area_id,
        complaints.complaint_date,
        programmes.data_from,
        complaints.complaint_status,
        complaints.days_open
    from {{ ref('int_complaints') }} as complaints
    inner join {{ ref('int_area_paths') }} as paths
        on complaints.programme_id = paths.programme_id and complaints.area_id = paths.area_id
    inner join {{ ref('int_programmes') }} as programmes
        on
        complaints.programme_id = programmes.programme_id
        and complaints.complaint_date between programmes.data_from and programmes.data_to
    where complaints.days_open is not null
),

periods as (
    {% for grain in ['month', 'quarter', 'year'] -%}
        select
            programme_id,
            area_id,
            '{{ grain }}' as period_grain,
            cast(date_trunc('{{ grain }}', complaint_date) as date) as period_start,
            complaint_status,
            days_open
        from closed
        union all
    {% endfor -%}
    select
        programme_id,
        area_id,
        'window' as period_grain,
        data_from as period_start,
        complaint_status,
        days_open
    from closed
)

select
    programme_id,
    area_id,
    period_start,
    period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    cast(median(cast(days_open as double)) as decimal(18, 6)) as numerator,
    count(*) as denominator
from periods
group by all
union all
select
    programme_id,
    area_id,
    period_start,
    period_grain,
    'complaint_status' as breakdown,
    {{ part_value('complaint_status') }} as breakdown_value,
    cast(median(cast(days_open as double)) as decimal(18, 6)) as numerator,
    count(*) as denominator
from periods
where period_grain in ('year', 'window')
group by all
