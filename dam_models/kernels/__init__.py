"""The passes of a time step, compiled.

A step is: `awake.lists` (which cells and faces may change at all), `slopes.half_step` (second order; the
preview calls `slopes.shares` alone), `faces.fluxes` over the faces of each direction, `update.rates` (which
also tells whether the step is short enough to keep every depth positive), `update.advance`. Every pass writes
only its own cells or faces, so that the result depends neither on their order nor on how many threads share
the list.

A preview takes the same step over tiles instead: `tile_faces.shares` and `fluxes`, `tile_update.rates` and
`advance`, several steps in one call of `tile_march.march`.

A pass reads what it needs of a few hundred cells or faces into a small buffer, computes on the buffer in one
loop without branches, which the compiler turns into vector instructions, and writes the results back.

The compiler's cache looks at the file of the outermost function only: after a change to a function that
others of these files call, the cached code is stale (`tests/conftest.py` throws it away).
"""
