"""What belongs to one page of the book, a folder for each, named as its notebook.

`experiment.py` has its named experiments, `exercises.py` its exercises, `words.json` what is said about these, and every
other JSON file is a committed result.
"""
