//! When the next request may leave: evenly spaced, and never more than Telegram allows in any one second.
//!
//! A pure state machine over instants that are handed in. Must not know what leaves.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

/// The window in which Telegram counts.
const WINDOW: Duration = Duration::from_secs(1);

/// How far apart requests are: 98% of the allowed rate leaves 20 ms a second for jitter.
const SHARE: f64 = 0.98;

/// How far behind the even spacing we may be and still catch up; late timers would otherwise cost rate.
const CATCH_UP: Duration = Duration::from_millis(50);

/// A request without an answer for this long has certainly reached Telegram, or never will: its place in the window
/// is counted from then on, so that hanging requests do not stop the rest.
const LONGEST_ARRIVAL: Duration = Duration::from_millis(500);

/// When the window is full, crisis replies leave this far apart at least: a little over the spacing at 30 a second.
const SHORTEST_FOR_HELP: Duration = Duration::from_millis(40);

/// How many answers the shortest way to Telegram is judged by; older ones are forgotten.
const SAMPLES: usize = 64;

/// Fewer answers than this tell nothing about the way.
const COLD: usize = 16;

/// The pace of the whole bot.
///
/// Two rules together. *Spacing*: permits come evenly. *Window*: a request may arrive at any moment between leaving and
/// its answer, so it occupies its place until one second after the latest moment at which it can have arrived. With the
/// second rule no jitter on the way can put one request too many into any sliding second.
#[derive(Debug)]
pub(super) struct Pace {
    limit: usize,
    gap: Duration,
    next: Option<Instant>,
    /// When the last request left.
    last: Option<Instant>,
    /// When each place in the window becomes free.
    taken: BTreeSet<(Instant, u64)>,
    issued: u64,
    /// The latest round trips: the shortest is what the way itself takes, the rest is jitter.
    trips: VecDeque<Duration>,
}

/// The leave to send one request; to be handed back when its answer is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Permit {
    issued_at: Instant,
    place: (Instant, u64),
}

impl Pace {
    /// A pace of `per_second` requests at most, at least one.
    pub(super) fn new(per_second: u32) -> Self {
        let per_second = per_second.max(1);
        Self {
            limit: per_second as usize,
            gap: WINDOW.div_f64(f64::from(per_second) * SHARE),
            next: None,
            last: None,
            taken: BTreeSet::new(),
            issued: 0,
            trips: VecDeque::with_capacity(SAMPLES),
        }
    }

    /// The earliest instant at which the next request may leave; at or before `now` means: at once.
    pub(super) fn free_at(&mut self, now: Instant) -> Instant {
        while self.taken.first().is_some_and(|(free, _)| *free <= now) {
            self.taken.pop_first();
        }
        let spaced = self.next.unwrap_or(now);
        match self.taken.first() {
            Some((free, _)) if self.taken.len() >= self.limit => spaced.max(*free),
            _ => spaced,
        }
    }

    /// How long it takes until so many requests have left.
    pub(super) fn time_for(&self, requests: usize) -> Duration {
        self.gap
            .saturating_mul(u32::try_from(requests).unwrap_or(u32::MAX))
    }

    /// The earliest instant for a crisis reply, which keeps no spacing and waits for no full window, but for a moment: when requests
    /// leave evenly the next place is free within one gap, and a reply that provoked a 429 would wait much longer. What
    /// it takes is missing to the others afterwards.
    pub(super) fn free_for_help_at(&self, now: Instant) -> Instant {
        let place = self
            .taken
            .first()
            .filter(|_| self.taken.len() >= self.limit);
        match (place, self.last) {
            (Some((free, _)), Some(last)) => (*free).min(last + SHORTEST_FOR_HELP),
            _ => now,
        }
    }

    /// Takes a permit: the one that was offered, or one beyond the limit, which the others then wait for.
    pub(super) fn take(&mut self, now: Instant) -> Permit {
        let planned = self.next.unwrap_or(now);
        let earliest = now.checked_sub(CATCH_UP).unwrap_or(now);
        // After idling the spacing starts afresh: an unused second is not saved up.
        self.next = Some(planned.max(earliest) + self.gap);
        self.issued += 1;
        self.last = Some(now);
        let place = (now + LONGEST_ARRIVAL + WINDOW, self.issued);
        self.taken.insert(place);
        Permit {
            issued_at: now,
            place,
        }
    }

    /// Hands a permit back when the answer is there. `answered`: whether Telegram itself answered,
    /// so that the time it took tells how long the way is.
    pub(super) fn hand_back(&mut self, permit: Permit, now: Instant, answered: bool) {
        let trip = now.saturating_duration_since(permit.issued_at);
        if answered {
            if self.trips.len() == SAMPLES {
                self.trips.pop_front();
            }
            self.trips.push_back(trip);
        }
        // The next request takes at least the shortest way itself, so that much is not counted.
        // The first ones of a run are slow (new connections, cold caches) and tell nothing about those that follow.
        let known = self.trips.len() >= COLD;
        let way = self.trips.iter().min().copied().filter(|_| known);
        let way = way.unwrap_or_default();
        let free = permit.issued_at + trip.saturating_sub(way) + WINDOW;
        if self.taken.contains(&permit.place) && free < permit.place.0 {
            self.taken.remove(&permit.place);
            self.taken.insert((free, permit.place.1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn start() -> Instant {
        crate::clock::Clock::system().instant()
    }

    /// Sends `count` requests as fast as the pace allows, each answered after `trip(i)`; returns when each left and
    /// the worst moment at which it arrived (just before its answer).
    fn run(
        per_second: u32,
        count: usize,
        trip: impl Fn(usize) -> Duration,
    ) -> Vec<(Instant, Instant)> {
        let mut pace = Pace::new(per_second);
        let mut now = start();
        let mut flying: Vec<(Instant, Permit)> = Vec::new();
        let mut sent = Vec::new();
        while sent.len() < count {
            flying.sort_by_key(|(back, _)| *back);
            while flying.first().is_some_and(|(back, _)| *back <= now) {
                let (back, permit) = flying.remove(0);
                pace.hand_back(permit, back, true);
            }
            let free = pace.free_at(now);
            if free <= now {
                let back = now + trip(sent.len());
                flying.push((back, pace.take(now)));
                sent.push((now, back));
            } else {
                let back = flying.iter().map(|(back, _)| *back).min();
                now = back
                    .filter(|back| *back > now)
                    .map_or(free, |back| back.min(free));
            }
        }
        sent
    }

    fn fullest_second(arrivals: &mut [Instant]) -> usize {
        arrivals.sort();
        (0..arrivals.len())
            .map(|i| arrivals.partition_point(|at| *at < arrivals[i] + WINDOW) - i)
            .max()
            .unwrap_or(0)
    }

    #[test]
    fn uses_at_least_97_percent_and_never_more_than_the_limit() {
        for rate in [1, 5, 30, 1000] {
            let count = rate as usize * 10;
            let sent = run(rate, COLD + count, |_| ms(40));
            let sent = &sent[COLD..];
            let took = sent[count - 1].0 - sent[0].0;
            let used = (f64::from(u32::try_from(count).unwrap()) - 1.0)
                / took.as_secs_f64()
                / f64::from(rate);
            assert!((0.97..=1.0).contains(&used), "{rate}/s: {used}");
            let mut arrivals: Vec<_> = sent.iter().map(|(left, _)| *left).collect();
            assert!(fullest_second(&mut arrivals) <= rate as usize);
        }
    }

    #[test]
    fn jitter_on_the_way_never_fills_a_second_too_much() {
        // Some arrive at once, some just before their late answer: the worst mixture for a sliding second.
        let trip = |i: usize| ms([3, 250, 3, 90, 3, 3, 400, 17][i % 8]);
        let sent = run(30, 600, trip);
        let mut arrivals: Vec<_> = sent
            .iter()
            .enumerate()
            .map(|(i, (left, back))| if i % 2 == 0 { *left } else { *back })
            .collect();
        assert!(fullest_second(&mut arrivals) <= 30);
    }

    #[test]
    fn an_idle_hour_is_not_saved_up() {
        let mut pace = Pace::new(30);
        let begin = start();
        let first = pace.take(begin);
        pace.hand_back(first, begin + ms(5), true);
        let mut now = begin + Duration::from_hours(1);
        let mut sent = Vec::new();
        while sent.len() < 60 {
            let free = pace.free_at(now);
            now = now.max(free);
            sent.push(now);
            let permit = pace.take(now);
            pace.hand_back(permit, now, true);
        }
        assert!(fullest_second(&mut sent) <= 30);
        assert!(sent[2] - sent[0] >= ms(15), "no burst");
    }

    #[test]
    fn hanging_requests_slow_the_pace_but_do_not_stop_it() {
        let mut pace = Pace::new(30);
        let mut now = start();
        let begin = now;
        for _ in 0..100 {
            now = now.max(pace.free_at(now));
            pace.take(now);
        }
        assert!(now - begin < Duration::from_secs(6));
    }
}
