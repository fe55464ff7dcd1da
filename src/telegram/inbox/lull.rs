//! Nothing new, and said at once: how long until Telegram is asked again, and how often that is complained of. Pure.

use std::time::Duration;

use tokio::time::Instant;

/// Telegram holds a poll that has nothing new to tell. A proxy, another server or an update that nobody can acknowledge
/// may have it answered at once, again and again: then it is asked after a pause that doubles from the first to the longest. No more
/// than that: behind what is new for nobody, somebody may be calling for help.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(500));

/// What was held for this long needs no pause.
const HELD: Duration = Duration::from_secs(1);

/// How often the same is complained of.
const COMPLAIN_EVERY: Duration = Duration::from_mins(1);

/// How many polls in a row told nothing new at once.
#[derive(Debug, Default)]
pub(super) struct Lull(u32);

impl Lull {
    /// The pause after a poll that told so many `new` things after it was held for so long.
    pub(super) fn after(&mut self, new: usize, held: Duration) -> Option<Duration> {
        if new > 0 || held >= HELD {
            self.0 = 0;
            return None;
        }
        let (first, longest) = PAUSES;
        let pause = first * 2_u32.saturating_pow(self.0.min(8));
        self.0 = self.0.saturating_add(1);
        Some(pause.min(longest))
    }
}

/// What is complained of now and then only, with how often it happened.
#[derive(Debug, Default)]
pub(super) struct Complaint {
    said: Option<Instant>,
    unsaid: u64,
}

impl Complaint {
    /// It happened so many times more: how often since it was last said, if it is to be said now.
    pub(super) fn count(&mut self, more: u64, now: Instant) -> Option<u64> {
        self.unsaid += more;
        let lately = self
            .said
            .is_some_and(|said| now.duration_since(said) < COMPLAIN_EVERY);
        if self.unsaid == 0 || lately {
            return None;
        }
        self.said = Some(now);
        Some(std::mem::take(&mut self.unsaid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn pauses_grow_to_half_a_second_and_end_with_the_first_news() {
        let (at_once, mut lull) = (Duration::ZERO, Lull::default());
        let pauses: Vec<_> = (0..100).map(|_| lull.after(0, at_once).unwrap()).collect();
        assert_eq!(pauses[0], Duration::from_millis(50));
        assert_eq!(pauses[1], Duration::from_millis(100));
        assert_eq!(pauses[99], Duration::from_millis(500));
        assert_eq!(lull.after(1, at_once), None);
        assert_eq!(lull.after(0, at_once), Some(pauses[0]));
        assert_eq!(lull.after(0, HELD), None);
        assert_eq!(lull.after(0, at_once), Some(pauses[0]));
    }

    #[test]
    fn the_same_is_said_once_a_minute_with_a_count() {
        let (now, mut complaint) = (Clock::system().instant(), Complaint::default());
        assert_eq!(complaint.count(0, now), None);
        assert_eq!(complaint.count(2, now), Some(2));
        for _ in 0..100 {
            assert_eq!(complaint.count(3, now), None);
        }
        assert_eq!(complaint.count(0, now + COMPLAIN_EVERY), Some(300));
        assert_eq!(complaint.count(0, now + COMPLAIN_EVERY * 2), None);
    }
}
