"""服务的时点: the case events at which the portal served somebody, which may be rated one by one. Pure."""

#: Papers taken in, corrections taken in, missing papers of a deferral taken in, the result handed over.
SERVICE_EVENTS = ("received", "resubmitted", "deferred_supplied", "delivered")
