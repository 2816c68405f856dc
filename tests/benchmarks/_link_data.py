"""Encounters and recordings for the benchmark of linking: the same rows for the same number."""

from pathlib import Path

import duckdb

OFFICERS = 20_000
A_DAY = 2 * OFFICERS
PER_RECORDING = 0.4

# Attendances are drawn first, then the footage of four in five of them, then footage of nothing in
# particular; a third of the footage of an encounter states it, one row in 500 has lost its time.
TABLES = """
create macro on_day(day, second) as timestamp '2018-01-01' + to_seconds(day * 86400 + second);
create macro who(n) as left(md5('officer ' || (n % {officers})), 26);
create table int_programmes as select 'bench' as programme_id,
    30::bigint as pre_event_buffer_seconds, 120::bigint as match_tolerance_seconds,
    date '2018-01-01' as data_from, date '2019-12-31' as data_to;
create table int_area_paths as select 'bench' as programme_id, 'area_' || n as area_id,
    unnest(['area_' || n, 'force']) as ancestor_area_id from range(32) t(n);
create table drawn as select e, e // {a_day} as day, (hash(e) % 80000)::bigint as second,
    240 + (hash(e + 1) % 1500)::bigint as length, hash(e + 2) % {officers} as officer
from range({encounters}) t(e);
create table int_encounters as select 'bench' as programme_id, 'E' || lpad(e::varchar, 9, '0')
    as encounter_id, ['stop_and_search', 'arrest', 'use_of_force'][1 + (hash(e + 3) % 3)::int]
    as encounter_kind, on_day(day, second) as encounter_from,
    on_day(day, second + length) as encounter_to,
    'area_' || (officer % 32) as area_id, on_day(day, 0)::date as month_start,
    case when hash(e + 4) % 20 = 0 then 'no_time' end as camera_off_reason from drawn;
create table attended as select e, officer + 7919 * k as officer, day, second, length, k
from drawn, range(2) t(k) where k = 0 or hash(e + 5) % 2 = 0;
create table int_encounter_officers as select 'bench' as programme_id,
    'E' || lpad(e::varchar, 9, '0') as encounter_id, who(officer) as staff_id from attended;
create table footage as select e, officer, day, second - 60 + (hash(e + 6) % 240)::bigint as second,
    length, k from attended where hash(e + 7 + k) % 5 > 0;
insert into footage select null, hash(i) % {officers}, i // {a_day_of_recordings},
    (hash(i + 1) % 80000)::bigint, (hash(i + 2) % 3600)::bigint, 0
from range({recordings} - (select count(*) from footage)) t(i);
create table int_recordings as select 'bench' as programme_id, 'R' || lpad(i::varchar, 9, '0')
    as recording_id, 'C' || (officer % {officers}) as camera_id, who(officer) as staff_id,
    'area_' || (officer % 32) as area_id, recorded_from, recorded_from + to_seconds(length)
    as recorded_to, recorded_from + interval 30 second as triggered_from,
    null::timestamp as triggered_to, length as duration_seconds,
    epoch_ms(recorded_from) as from_ms, epoch_ms(recorded_from) + length * 1000 as to_ms,
    case when hash(i + 3) % 3 = 0 then 'E' || lpad(e::varchar, 9, '0') end as encounter_id,
    case when hash(i + 4) % 100 = 0 then 'K' || (i // 100) end as case_id, true as is_announced
from (select *, case when hash(i) % 500 = 0 then on_day(day, 0) else on_day(day, second) end
    as recorded_from from (select *, row_number() over () as i from footage));
create table int_devices as select 'bench' as programme_id, 'C' || n as camera_id,
    who(n) as staff_id, date '2017-01-01' as issued_date, null::date as returned_date
from range({officers} - 500) t(n);
create table int_complaints as select 'bench' as programme_id, 'P' || e as complaint_id,
    case when e % 3 = 0 then 'E' || lpad(e::varchar, 9, '0') end as encounter_id,
    who(officer) as staff_id, on_day(day, second + 60) as incident_from,
    on_day(day, 0)::date as incident_date, 'area_1' as area_id from drawn where e % 400 = 0;
create table int_shifts as select 'bench' as programme_id, who(n) as staff_id, true as is_worked,
    epoch_ms(on_day(day, 0)) as from_ms, epoch_ms(on_day(day, 43200)) as to_ms
from range({officers} / 2) t(n), range(1 + {encounters} // {a_day}) u(day);
create table int_requests as select 'bench' as programme_id, 'Q' || i as request_id,
    recording_id, null::varchar as encounter_id
from (select recording_id, row_number() over () as i from int_recordings) where i % 1000 = 0;
create table int_cases as select distinct 'bench' as programme_id, case_id
from int_recordings where case_id is not null;
drop table drawn; drop table attended; drop table footage;
"""


def generate(database: Path, recordings: int) -> None:
    """Write what the linking models read into a new database; 20,000 officers, days as needed."""
    with duckdb.connect(database) as con:
        for statement in TABLES.format(
            officers=OFFICERS,
            recordings=recordings,
            encounters=int(recordings * PER_RECORDING),
            a_day=int(A_DAY * PER_RECORDING),
            a_day_of_recordings=A_DAY // 2,
        ).split(";"):
            if statement.strip():
                con.execute(statement)
