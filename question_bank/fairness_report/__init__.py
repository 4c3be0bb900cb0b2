"""The fairness report: a certificate that anybody understands, and the figures by which an auditor checks it."""
