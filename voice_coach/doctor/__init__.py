"""What is in order, what is not, and how to mend it: one module measures, the others judge what was measured."""
