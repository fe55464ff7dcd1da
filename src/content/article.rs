//! The therapist's article, word for word: the only source of what is said about bonding.
