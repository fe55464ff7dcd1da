//! The program's verbs, one file each.
