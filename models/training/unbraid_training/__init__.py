"""Trains, evaluates and exports the source-separation models of Unbraid.

Run `python3 -m unbraid_training --help` in the folder above this one.
"""
