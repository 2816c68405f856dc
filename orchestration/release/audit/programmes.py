"""Programmes are those of the run, and a synthetic one cannot be mistaken for a real one."""

from collections.abc import Iterator

from orchestration.release.audit.table_checks import Finding, OpenCandidate

MIXED = """
    select programme_id, promise_id from fct_promise_status
    inner join dim_promise as promises using (programme_id, promise_id)
    inner join dim_programme as programmes using (programme_id)
    where
        promises.is_synthetic <> programmes.is_synthetic
        or programmes.is_synthetic <> starts_with(promises.owner, 'Invented')
        or programmes.is_synthetic <> starts_with(promises.who, 'Invented')
        or (
            not programmes.is_synthetic
            and (fct_promise_status.metric_id is not null or figure_start is not null)
        )
    order by all
"""

DECIDING = """
    select distinct context.programme_id, context.promise_id from fct_promise_context as context
    inner join dim_programme as programmes using (programme_id)
    left join fct_promise_status as statuses using (programme_id, promise_id)
    left join dim_programme as shown on context.shown_programme_id = shown.programme_id
    where
        programmes.is_synthetic
        or coalesce(shown.is_synthetic, false)
        or context.shown_programme_id = context.programme_id
        or statuses.metric_id is not null
        or statuses.figure_start is not null
    order by all
"""


def programmes_are_those_of_the_run(candidate: OpenCandidate) -> Iterator[Finding]:
    """dim_programme lists the run's programmes, and no table has rows of another."""
    ours = set(candidate.manifest["programmes"])
    for table, column in candidate.columns():
        if column != "programme_id":
            continue
        # A study of publications belongs to no programme.
        query = f"select distinct programme_id from {table} where programme_id is not null"
        theirs = {programme for (programme,) in candidate.rows(query)}
        missing = ours - theirs if table == "dim_programme" else set()
        for programme in sorted(missing):
            yield Finding("programmes", "error", f"{programme} is missing from {table}.")
        for programme in sorted(theirs - ours, key=str):
            words = f"{table} holds {programme}, which is not a programme of this run."
            yield Finding("programmes", "error", words)


def synthetic_is_labelled(candidate: OpenCandidate) -> Iterator[Finding]:
    """A synthetic programme has the word in its name."""
    query = """
        select programme_id, programme_name from dim_programme
        where is_synthetic and not contains(lower(programme_name), 'synthetic') order by all
    """
    for programme, name in candidate.rows(query):
        words = f"{programme} is synthetic but its name '{name}' does not say so."
        yield Finding("synthetic", "error", words)


def synthetic_is_apart(candidate: OpenCandidate) -> Iterator[Finding]:
    """No file was loaded into a synthetic and into a real programme."""
    query = """
        select file_hash, min(file_name) from fct_load_ledger
        inner join dim_programme using (programme_id)
        group by all having count(distinct is_synthetic) > 1 order by all
    """
    for file_hash, name in candidate.rows(query):
        words = f"{name} ({file_hash[:12]}) is in a synthetic and in a real programme."
        yield Finding("synthetic", "error", words)


def context_decides_nothing(candidate: OpenCandidate) -> Iterator[Finding]:
    """A figure shown next to a real promise is real, of another programme, and decides nothing.

    A release without such figures has nothing to check.
    """
    tables = {table for table, _ in candidate.columns()}
    if not {"fct_promise_context", "fct_promise_status"} <= tables:
        return
    for programme, promise in candidate.rows(DECIDING):
        words = (
            f"{promise} of {programme}: a figure shown beside a promise may not decide it, nor be"
            " of the same programme or of a synthetic one."
        )
        yield Finding("promises", "error", words)


def promises_are_apart(candidate: OpenCandidate) -> Iterator[Finding]:
    """No real promise is judged by a synthetic figure, and no synthetic one has a real owner.

    A release without promises has nothing to check.
    """
    tables = {table for table, _ in candidate.columns()}
    if not {"dim_promise", "fct_promise_status"} <= tables:
        return
    for programme, promise in candidate.rows(MIXED):
        words = f"{promise} of {programme}: a real promise and synthetic figures may never meet."
        yield Finding("promises", "error", words)
