"""What is fast and how fast, measured side by side in one run."""
