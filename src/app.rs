//! Builds everything, runs the loops, stops in order.
