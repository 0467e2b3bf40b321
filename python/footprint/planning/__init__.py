"""Calculators and plans: break-even, sample size, planned cost shares."""
