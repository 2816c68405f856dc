-- The day, or the bounds of the day, on which the officers of an area first wore cameras, as published.
select *
from {{ derived('programme', 'camera_dates') }} as camera_dates
