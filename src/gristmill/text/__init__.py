"""Kernels over flat UTF-8 buffers. They import numpy, numba and each other, nothing else of the house."""
