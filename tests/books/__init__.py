"""The documents that are made from the code: docs/law.md and docs/letters.md."""
