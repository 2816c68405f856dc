{# Ends of the 95% interval of a Poisson count: exact below 10 events (Garwood 1936, from a seed of limits), Byar's
   approximation above (Breslow and Day 1987). `exact` is the seed's column. #}
{% macro poisson_low(events, exact) -%}
    case
        when {{ events }} < 10 then {{ exact }}
        else {{ events }} * power(1 - 1 / (9 * {{ events }}) - {{ z() }} / (3 * sqrt({{ events }})), 3)
    end
{%- endmacro %}

{% macro poisson_high(events, exact) -%}
    case
        when {{ events }} < 10 then {{ exact }}
        else ({{ events }} + 1)
            * power(1 - 1 / (9 * ({{ events }} + 1)) + {{ z() }} / (3 * sqrt({{ events }} + 1)), 3)
    end
{%- endmacro %}


{# Widen a limit by the root of the dispersion, on the scale of logarithms, so that it stays above zero. Without events
   there is no logarithm: the upper limit is then that of as many fewer effective events. #}
{% macro widened(events, limit, dispersion) -%}
    case
        when {{ events }} = 0 then {{ limit }} * {{ dispersion }}
        else {{ events }} * power({{ limit }} / {{ events }}, sqrt({{ dispersion }}))
    end
{%- endmacro %}


{# Ends of the Wilson score interval of a share (Wilson 1927; Brown, Cai and DasGupta 2001): exactly 0 and 1 at the edges. #}
{% macro wilson_low(successes, trials) -%}
    case when {{ successes }} = 0 then 0.0 else {{ wilson_end(successes, trials, '-') }} end
{%- endmacro %}

{% macro wilson_high(successes, trials) -%}
    case when {{ successes }} = {{ trials }} then 1.0 else {{ wilson_end(successes, trials, '+') }} end
{%- endmacro %}

{% macro wilson_end(successes, trials, sign) -%}
    (
        {{ successes }} + {{ z() }} * {{ z() }} / 2
        {{ sign }} {{ z() }} * sqrt({{ successes }} * ({{ trials }} - {{ successes }}) / {{ trials }} + {{ z() }} * {{ z() }} / 4)
    ) / ({{ trials }} + {{ z() }} * {{ z() }})
{%- endmacro %}


{# Two-sided 95% point of the normal distribution. #}
{% macro z() -%} cast(1.959963984540054 as double) {%- endmacro %}


{# Value of a figure, and the ends of its interval, by the kind of its metric: one rule for every kind and period, which the rows
   of `figures` give as kind, numerator, denominator, per_count, has_value, widening and, of a quantile, the stated interval.
   `limits` are the seed's. A rate and a share of one area vary from month to month by more than chance, because what drives
   them varies too; both are widened by the dispersion of their own series about its smooth trend (roll_dispersion), a rate
   on the scale of logarithms, a share by counting as many fewer. A survey has the sampling error of its design, which its
   effective base holds already. A quantile has the interval of its own values. What is counted whole, a count or a ratio of
   totals, has none: nothing was sampled, and no rate is meant by it. #}
{% macro figure_value(figures) -%}
    case
        when {{ figures }}.kind in ('count', 'distinct', 'quantile') then {{ figures }}.numerator
        when {{ figures }}.has_value then {{ figures }}.numerator / {{ figures }}.denominator * {{ figures }}.per_count
    end
{%- endmacro %}

{% macro figure_low(figures, limits) -%}
    case
        when {{ figures }}.kind = 'quantile' then {{ figures }}.stated_low
        when {{ figures }}.has_value and {{ figures }}.kind in ('share', 'survey')
            then {{ wilson_low(
                fewer(figures, 'numerator'), fewer(figures, 'denominator')
            ) }}
                * {{ figures }}.per_count
        when {{ figures }}.has_value and {{ figures }}.kind = 'rate' and {{ figures }}.numerator = 0 then 0.0
        when {{ figures }}.has_value and {{ figures }}.kind = 'rate'
            then {{ widened(
                figures ~ '.numerator', poisson_low(figures ~ '.numerator', limits ~ '.limit_low'), figures ~ '.widening'
            ) }}
                / {{ figures }}.denominator * {{ figures }}.per_count
    end
{%- endmacro %}

{% macro figure_high(figures, limits) -%}
    case
        when {{ figures }}.kind = 'quantile' then {{ figures }}.stated_high
        when {{ figures }}.has_value and {{ figures }}.kind in ('share', 'survey')
            then {{ wilson_high(
                fewer(figures, 'numerator'), fewer(figures, 'denominator')
            ) }}
                * {{ figures }}.per_count
        when {{ figures }}.has_value and {{ figures }}.kind = 'rate'
            then {{ widened(
                figures ~ '.numerator', poisson_high(figures ~ '.numerator', limits ~ '.limit_high'), figures ~ '.widening'
            ) }}
                / {{ figures }}.denominator * {{ figures }}.per_count
    end
{%- endmacro %}

{% macro figure_interval_method(figures) -%}
    case {{ figures }}.kind
        when 'share' then 'Wilson' || {{ widening_in_words(figures) }}
        when 'survey' then 'Wilson, on the effective base of the survey'
        when 'rate'
            then
                case when {{ figures }}.numerator < 10 then 'exact Poisson (Garwood)' else 'Byar' end
                || {{ widening_in_words(figures) }}
        when 'quantile'
            then case
                when {{ figures }}.stated_low is not null then {{ figures }}.stated_method
                else 'none: too few values for both ends'
            end
        when 'ratio' then 'none: ' || coalesce({{ figures }}.no_interval, 'a ratio of totals')
        else 'none: a ' || {{ figures }}.kind
    end
{%- endmacro %}

{# A count of a share, as many fewer as its series varies more than chance; a survey is not widened. #}
{% macro fewer(figures, column) -%}
    ({{ figures }}.{{ column }} / {{ figures }}.widening)
{%- endmacro %}

{% macro widening_in_words(figures) -%}
    case
        when {{ figures }}.dispersion > 1 then ', widened for over-dispersion'
        when {{ figures }}.dispersion is null then ', not widened: too few periods to judge over-dispersion'
        else ''
    end
{%- endmacro %}

{# What a figure rests on, where too few of them make it unreliable. #}
{% macro figure_events(figures) -%}
    case
        when {{ figures }}.kind = 'rate' then {{ figures }}.numerator
        when {{ figures }}.kind in ('share', 'survey', 'quantile') then {{ figures }}.denominator
    end
{%- endmacro %}


{# An end of the interval of a difference of two figures that each have one and do not depend on each other: the method of
   variance estimates recovery (Newcombe 1998 for shares; Zou and Donner 2008 for all). #}
{% macro difference_end(value, low, high, earlier_value, earlier_low, earlier_high, sign) -%}
    {%- set own, other = (low, earlier_high) if sign == '-' else (high, earlier_low) -%}
    {{ value }} - {{ earlier_value }} {{ sign }} sqrt(
        power({{ value }} - {{ own }}, 2) + power({{ earlier_value }} - {{ other }}, 2)
    )
{%- endmacro %}
