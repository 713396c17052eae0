"""审管互动的规则: states of a push, waits between attempts, signatures, addresses, what a push-back brings about. Pure."""
