"""The engine of the exercises: kinds of answers, how they are checked, and how long they may take."""
