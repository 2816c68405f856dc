{# Every metric, once: roll_figures unites them, and roll_metric_definitions describes them. #}
{% macro every_metric() -%}
    {{ return([
        ref('met_activation_rate'), ref('met_activation_rate_by_match_window'),
        ref('met_activation_rate_of_equipped'), ref('met_allegations'),
        ref('met_allegations_logged'), ref('met_days_to_finalise_complaints'), ref('met_finalised_complaint_cases'),
        ref('met_allegations_per_1000_officer_hours'), ref('met_allegations_per_1000_officers'),
        ref('met_announced_share'), ref('met_areas_with_cameras'), ref('met_assaults'),
        ref('met_assaults_with_injury'),
        ref('met_assaults_without_injury'), ref('met_cameras_in_use'), ref('met_cases_without_footage_share'),
        ref('met_charge_rate_of_all_recorded'), ref('met_charge_rate_of_closed'),
        ref('met_charge_rate_of_recorded'), ref('met_complaints'),
        ref('met_complaints_by_incident_date'), ref('met_complaints_per_1000_officer_hours'),
        ref('met_complaints_per_1000_employees'), ref('met_complaints_per_1000_officers'), ref('met_complaints_with_a_category'),
        ref('met_complaints_with_a_closing_date'), ref('met_complaints_with_a_district'),
        ref('met_complaints_without_footage_share'), ref('met_confidence_respondents'), ref('met_conviction_share'),
        ref('met_cost_per_device_year'), ref('met_cost_per_eligible_encounter_filmed'),
        ref('met_cracked_trials_share'), ref('met_crime_outcome_share'), ref('met_crimes_with_an_outcome'),
        ref('met_days_behind_plan'), ref('met_days_charge_to_first_hearing'),
        ref('met_days_first_hearing_to_completion'), ref('met_days_offence_to_charge'), ref('met_days_to_close'),
        ref('met_deleted_on_time_share'), ref('met_devices_active'), ref('met_devices_against_plan'),
        ref('met_devices_in_repair'), ref('met_devices_issued'), ref('met_early_guilty_plea'),
        ref('met_early_guilty_plea_of_completed'), ref('met_early_guilty_plea_of_guilty_pleas'),
        ref('met_early_stop_p90_seconds'), ref('met_early_stop_seconds'), ref('met_encounter_allegations_per_1000_officers'),
        ref('met_encounter_complaints_per_1000_officer_hours'), ref('met_encounter_complaints_per_1000_officers'),
        ref('met_entire_encounter_rate'), ref('met_entire_of_filmed_rate'), ref('met_evidential_share'),
        ref('met_expires_before_next_panel'), ref('met_foi_on_time_share'), ref('met_footage_answered_share'),
        ref('met_footage_available_share'), ref('met_footage_held_at_complaint_share'), ref('met_footage_hours'),
        ref('met_footage_hours_by_shift_match'), ref('met_footage_viewed_share'),
        ref('met_force_complaints_per_1000_officers'), ref('met_force_reports'),
        ref('met_force_reports_per_1000_officers'),
        ref('met_from_outset_rate'), ref('met_guilty_plea_rate'), ref('met_hold_before_deletion_share'),
        ref('met_incident_date_completeness'), ref('met_kept_past_rule_share'), ref('met_late_start_p90_seconds'),
        ref('met_late_start_seconds'),
        ref('met_links_by_match_window'), ref('met_locally_resolved_complaint_share'),
        ref('met_magistrates_conviction_share'), ref('met_officers'),
        ref('met_officers_equipped_share'), ref('met_officers_without_recordings_share'),
        ref('met_phase_order_kept'), ref('met_pleas_by_stage'), ref('met_public_confidence'),
        ref('met_recorded_complaints'), ref('met_recorded_complaints_per_1000_officer_hours'),
        ref('met_recorded_complaints_per_1000_officers'),
        ref('met_recorded_crimes'), ref('met_recorded_share_of_all_shift_hours'),
        ref('met_recorded_share_of_shift_hours'), ref('met_recording_links'), ref('met_recordings'),
        ref('met_recordings_without_link_share'), ref('met_requests_open_by_age'),
        ref('met_requests_without_footage_share'), ref('met_review_sample_sufficiency'), ref('met_reviewed_share'),
        ref('met_several_cameras_share'), ref('met_shift_hours_by_footage_match'),
        ref('met_spend_against_budget_share'), ref('met_spend_gbp'), ref('met_spend_share_of_funder'),
        ref('met_stop_volumes'),
        ref('met_subject_access_on_time_share'), ref('met_trial_complaints'), ref('met_trial_force_reports'),
        ref('met_trial_guilty_pleas'), ref('met_trial_officers'), ref('met_unfilmed_encounters'),
        ref('met_untagged_at_31_days_share'), ref('met_untagged_at_7_days_share'), ref('met_upheld_complaint_share'),
        ref('met_upload_delay_median_hours'), ref('met_upload_delay_p95_hours'), ref('met_uploaded_after_24h_share'),
        ref('met_use_of_force'), ref('met_use_of_force_per_1000_officers'), ref('met_victim_attrition_share'),
        ref('met_victimless_prosecution_share'), ref('met_working_days_to_close'), ref('met_written_reason_share'),
        ref('met_wrongly_deleted')
    ]) }}
{%- endmacro %}


{# Every metric of kind quantile: roll_quantile_intervals unites their intervals. #}
{% macro every_quantile() -%}
    {{ return([
        ref('met_days_charge_to_first_hearing'), ref('met_days_first_hearing_to_completion'),
        ref('met_days_offence_to_charge'), ref('met_days_to_close'), ref('met_early_stop_p90_seconds'),
        ref('met_early_stop_seconds'), ref('met_late_start_p90_seconds'), ref('met_late_start_seconds'),
        ref('met_upload_delay_median_hours'), ref('met_upload_delay_p95_hours')
    ]) }}
{%- endmacro %}


{# The met_ models as dbt's graph knows them, with their YAML entries, in order of name. #}
{% macro metric_models() -%}
    {%- set found = [] -%}
    {%- if execute and graph.get('nodes') -%}
        {%- for node in graph.nodes.values() | sort(attribute='name')
            if node.resource_type == 'model' and node.name.startswith('met_') -%}
            {%- do found.append(node) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}


{# Metrics as one relation. The build stops when the graph holds a met_ model that is not among them. #}
{% macro unite_metrics(parts) -%}
    {%- if execute and graph.get('nodes') -%}
        {%- do refuse_unlisted('metrics', metric_models() | map(attribute='name') | list, parts) -%}
    {%- endif -%}
    {%- for part in parts %}
    select
        '{{ metric_of(part) }}' as metric_id,
        programme_id,
        area_id,
        period_start,
        period_grain,
        breakdown,
        breakdown_value,
        cast(numerator as decimal(28, 6)) as numerator,
        cast(denominator as decimal(28, 6)) as denominator
    from {{ part }}
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{# Intervals of quantiles as one relation. The build stops when the graph holds a quantile that is not among them. #}
{% macro unite_quantile_intervals(parts) -%}
    {%- if execute and graph.get('nodes') -%}
        {%- set names = [] -%}
        {%- for node in metric_models() if node.config.meta.kind == 'quantile' -%}
            {%- do names.append(node.name) -%}
        {%- endfor -%}
        {%- do refuse_unlisted('quantiles', names, parts) -%}
    {%- endif -%}
    {%- for part in parts %}
    select
        '{{ metric_of(part) }}' as metric_id,
        programme_id,
        area_id,
        period_start,
        period_grain,
        breakdown,
        breakdown_value,
        cast(interval_low as double) as interval_low,
        cast(interval_high as double) as interval_high,
        interval_method
    from {{ part }}
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{# The metric of a met_ model, also where dbt makes a common table expression of it. #}
{% macro metric_of(part) -%}
    {{ return(part.identifier | replace('__dbt__cte__', '') | replace('met_', '', 1)) }}
{%- endmacro %}


{# A slip in the entry of a metric would otherwise be lost without a word. #}
{% macro refuse_unknown_keys(name, entry, known) -%}
    {%- for key in entry if key not in known -%}
        {{ exceptions.raise_compiler_error(name ~ ': unknown key in its entry: ' ~ key) }}
    {%- endfor -%}
{%- endmacro %}


{# The feeds whose months can be missing among those of the delivered tables that a model reads, through whatever models. #}
{% macro feeds_read(model) -%}
    {%- set found = [] -%}
    {%- set waiting = [model.unique_id] -%}
    {%- for id in waiting -%}
        {%- set table = graph.get('sources', {}).get(id) -%}
        {%- set meta = table.config.meta if table else {} -%}
        {%- if meta.get('feed') and meta.get('periods') != 'register' and meta.feed not in found
            and meta.feed != 'complaint_categories' and (meta.get('event_date') or meta.get('periods') == 'rows') -%}
            {%- do found.append(meta.feed) -%}
        {%- endif -%}
        {%- set node = graph.nodes.get(id) -%}
        {%- for parent in (node.depends_on.nodes if node else []) if parent not in waiting -%}
            {%- do waiting.append(parent) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found | sort) }}
{%- endmacro %}


{# Whether a figure's period holds a month that was not supplied. The relation has metric, programme, area and start; a
   window needs the months between the first and the last that its feeds cover. A month before the first or after the last
   delivery is missing only where the figure counts nothing (`is_zero`): what it counts may be of another day than the one
   files are dated by. #}
{% macro misses_a_month(relation, grain, period_end, is_zero='false') -%}
    exists (
        select 1
        from {{ ref('roll_missing_months') }} as missing
        where missing.metric_id = {{ relation }}.metric_id
            and missing.programme_id = {{ relation }}.programme_id
            and missing.area_id = {{ relation }}.area_id
            and missing.month_start >= cast(date_trunc('month', {{ relation }}.period_start) as date)
            and missing.month_start <= {{ period_end }}
            and (missing.is_certain or {{ is_zero }})
            and (missing.is_between or {{ grain }} <> 'window')
    )
{%- endmacro %}
