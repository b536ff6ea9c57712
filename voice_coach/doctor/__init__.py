"""Diagnosis: one module measures, the others judge the measurements and say what to do."""
