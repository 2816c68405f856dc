{# Faults of recordings in the order in which they are shown: place, words, unit, how many have it and among how many. #}
{% macro footage_faults() -%}
    {{ return([
        (1, 'turned away', 'records', 'delivered.rejected', 'delivered.records'),
        (2, 'turned away for a quote that is not closed', 'records', 'unclosed.records', 'delivered.records'),
        (3, 'repeated within a file', 'records', 'delivered.duplicates', 'delivered.records'),
        (4, 'replaced by a later file', 'records', 'delivered.accepted - recordings.recordings', 'delivered.accepted'),
        (5, 'credited to nobody', 'recordings', 'credits.nobodys', 'recordings.recordings'),
        (6, 'credited to an officer on no staff list', 'recordings', 'credits.unlisted', 'credits.credited'),
        (7, 'credited to an officer to whom the camera was not issued', 'recordings', 'credits.misattributed', 'credits.held'),
        (8, 'with a day and no time (midnight)', 'recordings', 'recordings.untimed', 'recordings.recordings'),
        (9, 'uploaded more than four days after the end', 'recordings', 'recordings.late', 'recordings.uploaded'),
        (10, 'with a clock that is off', 'cameras', 'clocks.wrong', 'clocks.cameras'),
        (11, 'made by a camera whose clock is off', 'recordings', 'by_wrong_clocks.recordings', 'recordings.recordings'),
        (12, 'by which such a clock is off, middle of them', 'seconds', 'clocks.seconds', 'clocks.wrong')
    ]) }}
{%- endmacro %}
