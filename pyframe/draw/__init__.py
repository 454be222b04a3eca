"""Pictures (optional extra ``plot``)."""
