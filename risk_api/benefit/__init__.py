"""What a dam is worth: expected annual exposure, who gains and who loses, at what cost, and how high.

Nothing here prices a life, and nothing that a dam makes worse is clipped to zero.
"""
