"""Names and who provides them: records, hooks, built-ins and the plugin manager."""
