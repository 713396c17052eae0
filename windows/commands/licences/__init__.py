"""证照的一生: applications about a licence, its end without one, what arrives from outside, and corrections of its papers."""
