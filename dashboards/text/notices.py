"""What the pages say about themselves and about the files behind them.

Labels, warnings, freshness and origin of figures, who may see them, and files that were refused,
stand in for newer ones, shrank, or lost rows.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import polars as pl

from dashboards.data.sources import FileProblem
from dashboards.text.figures import sentence
from dashboards.text.formats import day, escape, measured, moment, whole
from orchestration.ingestion.validation.result import SENTENCES
from orchestration.release.withdrawal import Withdrawal

LABEL = "Management information, not official statistics."
SYNTHETIC = (
    "**Synthetic data.** Every figure of this programme is invented, to show what the software "
    "does. It describes no real police force, place or person."
)
OTHER_THINGS = (
    "**Other things changed too.** A comparison of before and after says what happened. It cannot "
    "say why: cameras are one of many things that differed between the two periods."
)
CONTESTED = (
    "A rise is not bad in itself and a fall is not good, so no colour says so: complaints and "
    "recorded force also depend on how easy it is to complain and how fully things are recorded."
)
CONTESTED_SHORT = (
    "Better and worse are said only where nobody contests which way is good; elsewhere a mark says "
    "higher or lower. Similar: the middle of the peers lies within the interval."
)
NO_RELEASE = (
    "There is nothing to show yet: no release has been published. Run `make run` (or "
    "`uv run bodyworn run`) in the project folder, then open this page again."
)
ASSOCIATION = (
    "**An association, and no more.** Cases in which camera evidence was used differ from others "
    "in offence, in seriousness and in how well they were investigated, so a difference between "
    "the two says nothing of what the footage did."
)
REDUCTION = (
    "**Complaint reduction** is the change of a rate since the declared baseline. It is what "
    "happened. With it stands what a randomised comparison found, or why there is none."
)
APART = (
    "A complaint case can hold several allegations, and only some cases are formally recorded: "
    "the three are counted separately and never added up. Encounter-related ones are about what a "
    "camera could have filmed."
)
FIRST_REASON = (
    "Of several reasons the first that fits is counted, so that they add up to the whole. What "
    "the data explain is no failure of anybody."
)
LINKED = (
    "A recording belongs to an encounter, complaint, case or request by a reference on file, or "
    "else by its officer and time. Every link has a method and a confidence, which puts links in "
    "order and is no probability. Where a wider or narrower tolerance would change the figures "
    "much, clocks decide more than officers do."
)
FOOTAGE_IN_COMPLAINTS = (
    "Footage decides a complaint only if it exists, somebody knows of it and somebody watches it."
)
THREE_ANSWERS = (
    "One promise, three denominators: out of all first hearings, of all completed prosecutions or "
    "of all guilty pleas. A percentage of early pleas that does not say which cannot be compared."
)
TWO_BASES = (
    "Out of the crimes recorded in a period, or out of those closed in it: the two are different "
    "crimes. A crime that has no outcome yet is in neither."
)
STILL_WAITING = (
    "Half of all defendants are there within these days. Those still waiting count for as long as "
    "they have waited, so recent periods do not look faster than they are."
)
RECORDED = (
    "Cameras also make things easier to record: more recorded force or minor assaults can be "
    "better recording. Assaults with injury depend least on who writes them down."
)
ACCESSIBILITY = (
    "Accessibility: **docs/accessibility.md** says what was tested, what is not met, and how to "
    "report a fault."
)
TAKE_AWAY = (
    "A paper of two to four pages for a committee, readable aloud, with the figures of the public "
    "extract; one with internal figures, marked on every page; and the figures as a spreadsheet."
)
NO_PROGRAMME = (
    "This release holds no programme, so there is nothing to show. Run `make run` in the project "
    "folder."
)
UNREADABLE = (
    "This release cannot be read. `uv run bodyworn doctor` says what is wrong, and "
    "`uv run bodyworn doctor --repair` serves the newest release that is whole."
)
REASONS = 3
"""How many reasons a notice gives before it counts the rest."""
FOOTAGE = "No footage is held here: only records about it."
NO_TRIAL = (
    "No randomised trial of this programme was supplied, so nothing on this page can show what "
    "cameras did."
)
NO_STUDY = "We cannot tell: no study of this programme was supplied that compares with and without."
RANDOMISED = "A randomised comparison"
OVER_TIME = "Before and after: what happened"
NO_COMPARISON = (
    "No period before cameras is declared for this programme and no trial was supplied, so no "
    "comparison is shown: these data cannot say what cameras did."
)
NO_OTHER = "No release replaces it yet."
IN_TABLE = "All values are in the table below."
LATE_AFTER = 36
SIGN_IN = "Sign in"
CLOSED = "These pages are closed."
EXPIRED = "Please sign in again."
UNKNOWN = "You are signed in, and nothing is open to you. Ask whoever looks after access.yml."
SINGLE_USER = "Single-user mode: no login; whoever uses this machine sees everything."
NO_DATA = "Your roles open no data. Roles are given in access.yml."
NO_DOWNLOAD = "Your roles let you look at this and not take it away."
AUDIT_LOG = (
    "Every page seen, file taken, estimate run, login and refusal, each line chained to the one "
    "before it. `bodyworn audit verify` checks all of it; docs/audit_log.md says how to check it "
    "without this software."
)
NOTHING_WRONG = "Nothing: every file in landing was read whole."
SEND_BACK = (
    "What was rejected, a row for each file, column and reason, with what to do about it. No "
    "delivered value is shown."
)
EVERY_LINE = "Every line to send back with its file: line, column, reason and remedy."
NO_LINES = "The line numbers are not kept on this server: only the counts above are."
MOST_NAMED = 4
#: What to do about each reason for which a record is rejected.
REMEDIES = {
    "missing_required": "Fill in the value, or leave the record out.",
    "wrong_type": "Write the value as the column's type asks: a number without words or signs.",
    "impossible_date": "Write a date that exists, in the format that the contract declares.",
    "undeclared_offset": "Leave the offset out, or let the contract declare it.",
    "missing_offset": "Export times with their offset, or let the contract take them as local.",
    "text_after_time": "Write hours from 0 to 23, or let the contract declare AM and PM.",
    "ends_before_start": "Check the two times: one of them, or their order, is wrong.",
    "below_minimum": "Check the value; if it is right, ask for a lower limit in the contract.",
    "above_maximum": "Check the value; if it is right, ask for a higher limit in the contract.",
    "text_too_long": "Shorten the text, or ask for a greater length in the contract.",
    "too_many_digits": "Write fewer digits, or ask for a wider type in the contract.",
    "rounded_number": "Export the column as text: a spreadsheet has rounded its long numbers.",
    "control_character": "Take the control character out of the text.",
    "unknown_area": "Use a name of an area of the programme, or add this spelling to its aliases.",
    "conflicting_key": "Keep one record for each key, or tell the records apart by their key.",
    "ragged": "Give the record as many fields as the header; quote text that holds the separator.",
    "bad_bytes": "Save the file in the encoding that the contract states.",
    "bad_quotes": "Close every quote, and double a quote inside quoted text.",
    "stray_return": "Quote the text that holds the line break, or take the break out.",
    "too_long": "Split the record: it is longer than any that a table of this kind holds.",
    "cell_error": "Mend the formula in the spreadsheet, and export again.",
    "not_json": "Write one JSON object on each line.",
    "repeated_member": "Give each member of the object once.",
}
FILE_OUTCOMES = {
    "counts": "counted",
    "stale": "counted in an earlier version",
    "refused": "refused",
    "superseded": "replaced by a newer one",
    "withdrawn": "taken out",
}
NO_FILES = "No file was delivered for this programme."


def standing(release: str, published: str, data_to: Any) -> str:
    """The line under each title: status, release, how far the data reach, when published.

    Where more data are to come than there are days yet, nothing is said of how far they reach.
    """
    is_past = bool(data_to) and str(data_to) <= published[:10]
    reach = f" Records up to {day(data_to)}." if is_past else ""
    return f"{LABEL} Release {escape(release)}, published {moment(published)}.{reach}"


def _clock(text: object) -> datetime | None:
    try:
        when = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def run_warning(status: Mapping[str, Any], now: datetime) -> str:
    """What went wrong with the last run, or that none came in time; empty when all is well."""
    last_run, success = status.get("last_run") or {}, status.get("success") or {}
    if last_run and not last_run.get("ok"):
        return (
            f"**The last run did not finish** ({moment(str(last_run.get('at', '')))}). "
            f"{sentence(last_run.get('sentence'))} These are the figures of the last good release."
        )
    if refusal := status.get("not_started"):
        return (
            f"**A run was not started** ({moment(str(refusal.get('at', '')))}). "
            f"{sentence(refusal.get('sentence'))} These are the figures of the last good release."
        )
    last = _clock(success.get("at", ""))
    if last and now - last > timedelta(hours=status.get("expected_within_hours", LATE_AFTER)):
        return (
            f"**No run has succeeded since {moment(str(success['at']))}**, and one is expected "
            "every day. These figures may be out of date."
        )
    return ""


def late(status: Mapping[str, Any]) -> list[str]:
    """Sources whose new data did not come in time, one sentence each."""
    return [sentence(row.get("sentence")) for row in status.get("late") or []]


def carried(programme: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """The notice for a programme whose figures were copied from an earlier release; else empty."""
    one = manifest.get("carried", {}).get(programme["programme_id"])
    if not one:
        return ""
    reasons = " ".join(sentence(why) for why in one["why"][:REASONS])
    if (rest := len(one["why"]) - REASONS) > 0:
        reasons += f" And {rest} more."
    stand = f"**These figures stand as release {escape(one['release'])} gave them.**"
    return f"{stand} Newer ones were held back: {reasons}"


def stands_for(area: str, shown: str) -> str:
    """The notice where a larger area's figures replace those of an area that is not public."""
    return (
        f"The public extract gives no figures of {area} by itself, to protect people. The figures "
        f"below are of {shown}, of which it is a part."
    )


def older(release: str) -> str:
    """The notice on a release that is no longer the newest."""
    return (
        f"You are looking at release {escape(release)}, which has been replaced by a newer one. "
        "Choose “current” under Release, above, for the newest figures."
    )


def gone(release: str) -> str:
    """The notice when the address names a release that is not kept."""
    return (
        f"Release {escape(release)} is not kept here. These are the figures of the newest release."
    )


def withdrawn(mark: Withdrawal) -> str:
    """The notice on every page of a release that was withdrawn, and of one that is gone."""
    instead = f"Use release {escape(mark.replaced_by)} instead." if mark.replaced_by else NO_OTHER
    return (
        f"**Release {escape(mark.release)} was withdrawn ({moment(mark.withdrawn_at)}). "
        f"Do not rely on its figures.** {sentence(mark.why)} {instead}"
    )


def origins(sources: Sequence[Mapping[str, Any]]) -> list[str]:
    """Producer, title, licence and address of each source, once each."""
    said = [
        f"{escape(row['producer'])}: {escape(row['title'])}. Licence: {escape(row['licence'])}."
        for row in sources
    ]
    return list(dict.fromkeys(said))


def source_lines(row: Mapping[str, Any]) -> list[str]:
    """Origin of one source table, in several lines."""
    fresh = row["fresh_within_days"]
    expected = f"every {fresh} days" if fresh else "nothing more is expected: a closed publication"
    return [
        f"- Made by {sentence(row['producer'])}",
        f"- Licence: {sentence(row['licence'])}",
        f"- Cite as: {sentence(row['citation'])}",
        f"- New data: {expected}.",
        f"- Address: <{row['url']}>",
    ]


def missing(limits: object) -> list[str]:
    """What a reader must know about a programme, one sentence each."""
    return [sentence(line) for line in str(limits or "").splitlines() if line.strip()]


def address(page: str, parameters: Mapping[str, str]) -> str:
    """The address of a page with what was chosen on it."""
    return f"{page.split('?', maxsplit=1)[0]}?{urlencode(parameters)}"


def file_problem(problem: FileProblem) -> str:
    """A problem in one or two sentences: what counts now, which file, what happened, and why."""
    what = problem.table.split(".")[-1].replace("_", " ")
    name = f"**{escape(what).capitalize()}**"
    file = escape(problem.file.rsplit("/", 1)[-1])
    on = f" as delivered on {day(problem.stands)}" if problem.stands else ""
    match problem.kind:
        case "refused":
            first = f"{name} stand{on}: {file}" if on else f"{name}: none could be read. {file}"
            return f"{first} was refused. {sentence(problem.reason)}"
        case "stale":
            return f"{name} stand{on}: the newer {file} was refused. {sentence(problem.reason)}"
        case "shrunken":
            delivered = f", delivered on {day(problem.stands)}," if problem.stands else ""
            return f"{name}: {file}{delivered} has under half of the rows of the file before it."
    share = measured(100 * problem.rejected / problem.records, "%")
    return (
        f"{name}: {whole(problem.rejected)} of {whole(problem.records)} records of {file} were "
        f"rejected ({share})."
    )


def new_files(names: Sequence[str], since: str) -> str:
    """The files that were not in the release before, by name."""
    if not names:
        return f"No file is new since release {escape(since)}."
    shown = ", ".join(escape(name.rsplit("/", 1)[-1]) for name in names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED} more" if names[MOST_NAMED:] else ""
    noun = "file is" if len(names) == 1 else "files are"
    return f"{whole(len(names))} {noun} new since release {escape(since)}: {shown}{more}."


def rejections_in_words(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with a `reason` in words, and what to do about each as a column `remedy`."""
    usual = "Correct it at the source and send the file again."
    remedies = [REMEDIES.get(reason, usual) for reason in rows["reason"]]
    said = pl.col("reason").replace(SENTENCES)
    return rows.with_columns(said, remedy=pl.Series(remedies, dtype=pl.String))


def newest_file(row: Mapping[str, Any]) -> str:
    """The file that came last, and how much of it was accepted."""
    accepted = f"{whole(row['accepted'])} of {whole(row['records'])} records accepted"
    return f"Newest: {escape(row['file_name'])}, as of {day(row['as_of'])}, {accepted}."
