"""The Streamlit app: navigation, scope in the URL, the building blocks the pages are made of."""
