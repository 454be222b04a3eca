"""The conformance kit for plugin authors, and the shapes of test problems."""
