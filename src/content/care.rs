//! The replies to what a parent says at 3 a.m.: emergency, concern, scary thoughts, loss.
