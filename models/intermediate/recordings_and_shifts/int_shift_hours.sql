-- Shifts of staff in scope cut at clock hours. An hour of one person is worked once.
{{ hours_counted_once(near('int_shifts'), 'shift_id', 'worked', kept=['is_worked']) }}
