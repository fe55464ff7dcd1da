//! Cities and regions by the names that people type, and the zones they lie in.
