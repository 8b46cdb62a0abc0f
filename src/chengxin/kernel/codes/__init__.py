"""号码。The numbers by which subjects and people are known: one module each, with a scalar form and a column form.

``is_valid(text)`` and ``valid_column(series)`` agree on every text; null and the empty text are not valid. Only the written form is
judged: a valid number need not have been given to anybody.
"""
