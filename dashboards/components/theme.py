"""A page that is open when the browser turns dark, or light, is drawn again in the new colours.

Streamlit gives its own words and ground the new colours at once, and neither runs the script nor
touches what a chart was told: its words would be black on black until the next click.
"""

import streamlit as st

# Streamlit's own class on the application changes with its theme, whether the browser or its menu
# asked for it.
WATCHES = """export default function({setTriggerValue}) {
    const app = document.querySelector("[data-testid=stApp]");
    const shown = () => getComputedStyle(app).colorScheme;
    let last = shown();
    const watching = new MutationObserver(() => {
        if (shown() !== last) {
            last = shown();
            setTriggerValue("theme", last);
        }
    });
    watching.observe(app, {attributes: true, attributeFilter: ["class"]});
    return () => watching.disconnect();
}"""


def follow() -> None:
    """Run the script once more whenever the theme of the page has changed."""
    watcher = st.components.v2.component("bodyworn_theme", js=WATCHES)
    watcher(key="theme", height=1, on_theme_change=_drawn_anew)


def _drawn_anew() -> None:
    """The rerun that follows a change is all that is wanted."""
