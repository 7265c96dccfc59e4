"""The parts of bench/compare; the standard library is all that they need."""
