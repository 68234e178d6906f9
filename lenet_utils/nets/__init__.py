"""Networks: LeNet as courses draw it, those of the papers, and the arithmetic of their layers."""
