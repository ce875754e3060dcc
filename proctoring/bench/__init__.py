"""Measures the eyes on labelled pictures and clips, side by side with the pipeline that was replaced."""
