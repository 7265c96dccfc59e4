"""The parts of bench/compare. They need only the standard library."""
