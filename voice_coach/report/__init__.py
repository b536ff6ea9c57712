"""What the history tells a physiotherapist: the report as HTML and PDF, CSV, JSON and FHIR."""
