"""Workbooks -> typed rows and findings. Pure: no table, no clock, nothing written.

A register brings a ``Layout`` (columns.py) and its own checks across rows; opening,
header, merged cells and cell values are the same for all of them.
"""
