//! Which note comes next: an order of each parent's own, without repeats before the whole pool was seen.
