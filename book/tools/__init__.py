"""The programs behind `make`: each is run as `python -m book.tools.NAME` from the book's folder."""
