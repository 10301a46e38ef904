"""Services, their standards and the cycle that organises them."""
