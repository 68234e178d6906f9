"""The small package the LeNet book shares between its notebooks.

`data` loads digits, `models` holds the networks, `shapes` does the arithmetic of layers without torch,
`training` fits and evaluates, `plots` and `drawings` make the figures, `explorers` the interactive ones,
`exercises` checks the reader's answers.
"""

__version__ = "0.1.0"
