{# Ends of the 95 % interval of a Poisson count: exact below 10 events (Garwood 1936, from a seed of limits), Byar's
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


{# Two-sided 95 % point of the normal distribution. #}
{% macro z() -%} cast(1.959963984540054 as double) {%- endmacro %}
