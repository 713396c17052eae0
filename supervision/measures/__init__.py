"""考核评价: the figures of domain reference 7, each with its formula and the records behind it.

A ``Source`` is a set of records of a period (cases accepted, decided, delivered; pushes). A ``Measure`` counts within one source
by conditions that stand on the records as yes or no, so a figure and the list behind it can never differ. Whoever has another
source of figures brings its measures with ``registry.bring`` in the app's ``ready``.
"""
