"""A Streamlit page with nothing but one choice: the cost of any page."""

import streamlit as st

st.set_page_config(page_title="Bare", layout="wide")
st.title("Bare")
st.selectbox("Choice", ["first", "second", "third"], key="choice")
st.markdown(f"Chosen: {st.session_state['choice']}")
