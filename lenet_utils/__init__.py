"""The package that the notebooks of the LeNet book share.

`data` loads digits, `nets` holds the networks, `training` fits and evaluates them, `figures` draws, `exercises` checks the
reader's answers, `experiments` compares and loads results, `lab` is LeNet in the browser, `pages` what belongs to one page.
"""

__version__ = "0.1.0"
