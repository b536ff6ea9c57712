"""The history for a physiotherapist and other programs: report as HTML and PDF, CSV, JSON and FHIR."""
