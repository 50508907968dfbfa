"""The small networks of the field's history, trained the way their authors did, at a size that teaches.

They are studies, not rivals of the bundled models: each shows one idea and where it ends.
"""
