"""From a clean year to findings; one module, one step (METHOD)."""
