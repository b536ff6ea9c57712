"""How the embedded model is made and extended. Not part of the installed package."""
