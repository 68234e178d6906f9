"""Training: fit and evaluate, the method of 1998, many networks at a time, several processes, and what layers hold."""
