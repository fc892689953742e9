"""How kernels are compiled: the options that all of them share.

Nothing is made that nobody calls, and what is small is compiled once and put into its callers by the second
stage of the compiler: put there by the first one, it would be understood and typed anew in each.
"""

from functools import partial

from numba import njit

kernel = partial(njit, cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True)
"""A pass that Python calls."""

inlined = partial(njit, cache=True, error_model="numpy", no_cfunc_wrapper=True, forceinline=True)
"""A few lines, put into the kernels that call them."""

inner = partial(njit, cache=True, error_model="numpy", no_cfunc_wrapper=True, no_cpython_wrapper=True)
"""A loop of a pass, which other kernels call. Python must not, nor run its caller as plain Python: what would
take its arrays out of Python's hands is not made."""
