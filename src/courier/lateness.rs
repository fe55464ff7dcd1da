//! How late notes are: counted, never whose.

use std::time::Duration;

/// The upper bounds that are counted by, in milliseconds: the promise is a second, two hours is the end of a note.
pub const BOUNDS: [u64; 14] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000,
    7_200_000,
];

/// How late the notes were that Telegram took: from the moment they were due to the moment they were accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lateness {
    /// How many were at most as late as each of [`BOUNDS`], and later than the one before.
    pub within: [u64; BOUNDS.len()],
    /// How many were later than the last bound.
    pub later: u64,
    /// All of it together.
    pub sum: Duration,
}

impl Lateness {
    /// How many there were.
    pub fn count(&self) -> u64 {
        self.within.iter().sum::<u64>() + self.later
    }

    pub(super) fn count_one(&mut self, late: Duration) {
        let bound = BOUNDS
            .iter()
            .position(|bound| late <= Duration::from_millis(*bound));
        match bound {
            Some(bound) => self.within[bound] += 1,
            None => self.later += 1,
        }
        self.sum += late;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_counted_once_at_the_first_bound_that_holds_it() {
        let mut lateness = Lateness::default();
        for millis in [0, 50, 51, 7_200_000, 7_200_001] {
            lateness.count_one(Duration::from_millis(millis));
        }
        assert_eq!(lateness.within, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!((lateness.later, lateness.count()), (1, 5));
        assert_eq!(lateness.sum, Duration::from_millis(14_400_102));
    }
}
