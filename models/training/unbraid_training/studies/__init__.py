"""Small networks that are trained in minutes: those of the field's history, the way their authors did, at a size that teaches,
and one that parts the drums.

The old ones are studies, not rivals of the bundled models: each shows one idea and where it ends.
"""
