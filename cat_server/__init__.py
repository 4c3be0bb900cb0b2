"""The exam: rules, records, actions, queries, results. No HTML, no routes."""
