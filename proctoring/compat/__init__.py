"""The contracts of the replaced systems, at the edge: their shapes outside, our services inside."""
