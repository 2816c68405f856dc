-- What each recording of staff in scope adds to the footage of its person, cut at clock hours. An hour of one person counts once,
-- whether two cameras ran or one recording stands under three numbers.
{{ hours_counted_once(near('int_recordings'), 'recording_id', 'filmed') }}
