"""From a clean year to findings; one module, one step ("METHOD n": part n of ``docs/method.md``)."""
