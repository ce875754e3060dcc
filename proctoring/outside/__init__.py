"""Monitoring sessions of exams that other systems deliver (decisions 0173 to 0175).

Such a session is an attempt as any other, so that policies, proctors, incidents, cases, holds and periods
hold for it unchanged; what is here starts, ends, deletes and reads it for the system that asks.
"""
