"""Steps that lay records out: which of them are trained on, and which are held out."""
