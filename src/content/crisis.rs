//! The crisis lines of each country, with source, date and mark.
